import { join } from 'node:path'
import { readAuditLog } from '../cluster/audit-log.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { KUBELET_NODE, type TestCluster } from '../test-cluster.ts'
import { type ProgramResult, runGuard } from './run-guard.ts'

/** The namespace of the manifests. */
export const GUARD_NAMESPACE = 'soci-guard-system'

/** The ways to install that the manifests offer. */
export type Overlay = 'audit' | 'enforce' | 'production' | 'production'

const ROLLOUT_MS = 60_000

/** Installs the guard as docs/install.md says, with the manifests as they are and nothing else, and waits until the API server asks it. */
export async function installGuard({ plane, kubelet }: TestCluster, overlay: Overlay): Promise<void> {
  succeeded(await plane.kubectl(['apply', '-k', overlayFolder(overlay)]))
  const rollout = await rolloutStatus(plane)
  if (rollout.code !== 0) {
    const states = [...kubelet.pods.values()].map(
      ({ pod, keepers }) => `${pod.metadata.name}: ${JSON.stringify(keepers.map(({ state }) => state))}`,
    )
    throw new Error([rollout.stderr, ...states, ...kubelet.problems].join('\n'))
  }
  await webhooksAct(plane)
}

/** The folder that `kubectl apply -k` takes. */
export function overlayFolder(overlay: Overlay): string {
  return join(import.meta.dirname, '../../../manifests/overlays', overlay)
}

/** `soci-guard certs --service soci-guard --apply`: the Secret and the webhooks' caBundles, with a fresh authority. */
export function applyCertificates(plane: ControlPlane): Promise<ProgramResult> {
  return runGuard(plane, ['certs', '--service', 'soci-guard', '--apply'])
}

/** Waits until the Deployment has all its replicas, and all of them are the newest. */
export function rolloutStatus(plane: ControlPlane): Promise<ProgramResult> {
  const args = ['rollout', 'status', 'deployment/soci-guard', `--timeout=${ROLLOUT_MS}ms`]
  return plane.kubectl(['-n', GUARD_NAMESPACE, ...args], { timeoutMs: ROLLOUT_MS + 5_000 })
}

/** Throws what a program said when it did not succeed. */
export function succeeded(result: ProgramResult): ProgramResult {
  if (result.code !== 0) throw new Error(`ended with ${result.code}: ${result.stderr}${result.stdout}`)
  return result
}

/** The pending pod in the namespace `default` that dry-run binds are asked for; no scheduler takes it. */
export const PROBE_POD = 'probe'

/** Makes the probe pod and waits until the audit log holds the webhook's own annotation on a dry-run bind of it. */
async function webhooksAct(plane: ControlPlane): Promise<void> {
  await plane.admin.create('/api/v1/namespaces/default/pods', {
    metadata: { name: PROBE_POD },
    spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'i' }] },
  })
  await waitFor('the webhooks to act', async () => {
    await plane.admin.dryRunBind('default', PROBE_POD, KUBELET_NODE)
    const binds = readAuditLog(plane.files.auditLog, ({ objectRef }) => objectRef?.subresource === 'binding')
    return binds.at(-1)?.annotations?.['bindings.soci-guard.dev/decision'] !== undefined
  })
}
