import { setTimeout } from 'node:timers/promises'
import { ownMember, ownMemberAt } from '../admission/own-member.ts'
import { GuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { readPatiently } from './cluster-pages.ts'

const OURS = new URLSearchParams({ labelSelector: 'app.kubernetes.io/name=soci-guard' })
const PODS_END_WITHIN_MS = 60_000
const LOOK_AGAIN_MS = 500

/** The Deployments and DaemonSets of ours in the namespace that want pods, for example `deployment/soci-guard-controller`. */
export const whatRuns = async (connection: ApiConnection, namespace: string): Promise<string[]> => {
  const [deployments, daemonSets] = await Promise.all([
    list(connection, `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`),
    list(connection, `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`),
  ])
  const wanting = (items: readonly unknown[], path: readonly string[], kind: string): string[] =>
    items.filter(item => ownMemberAt(item, path) !== 0).map(item => `${kind}/${nameOf(item)}`)
  return [
    ...wanting(deployments, ['spec', 'replicas'], 'deployment'),
    ...wanting(daemonSets, ['status', 'desiredNumberScheduled'], 'daemonset'),
  ].sort()
}

/** Resolves once no pod of ours is left in the namespace; a GuardError when that takes too long. */
export const untilNothingRuns = async (connection: ApiConnection, namespace: string): Promise<void> => {
  const endsAtMs = performance.now() + PODS_END_WITHIN_MS
  for (;;) {
    const pods = await list(connection, `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`)
    const left = pods.filter(pod => !['Succeeded', 'Failed'].includes(String(ownMemberAt(pod, ['status', 'phase']))))
    if (left.length === 0) return
    if (performance.now() > endsAtMs) {
      const names = left.map(nameOf).sort().join(', ')
      const message = `pods of soci-guard in namespace ${namespace} do not end: ${names}`
      throw new GuardError('SOCI_GUARD_USAGE', message)
    }
    await setTimeout(LOOK_AGAIN_MS)
  }
}

const nameOf = (object: unknown): string => String(ownMemberAt(object, ['metadata', 'name']) ?? '')

const list = async (connection: ApiConnection, path: string): Promise<readonly unknown[]> => {
  const items = ownMember(await readPatiently(() => connection.readJson(`${path}?${OURS}`)), 'items')
  return Array.isArray(items) ? items : []
}
