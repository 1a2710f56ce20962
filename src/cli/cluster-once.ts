import type { InventoryTarget } from '../inventory/apply-inventory.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import type { ClusterLog } from '../inventory/cluster/cluster-log.ts'
import { createKindStore } from '../inventory/cluster/kind-store.ts'
import { namespaceKind } from '../inventory/cluster/namespace-kind.ts'
import { nodeKind } from '../inventory/cluster/node-kind.ts'
import { reportKind } from '../inventory/cluster/report-kind.ts'
import { runtimeClassKind } from '../inventory/cluster/runtime-class-kind.ts'
import { createSharedParts } from '../inventory/cluster/shared-parts.ts'
import type { WatchedKind, WatchedKindName } from '../inventory/cluster/watched-kind.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { createRoster } from '../policy/roster.ts'
import { asMissingDefinition } from './cluster-definition.ts'
import { readFromBeginning, readPages } from './cluster-pages.ts'
import type { OneTimeView } from './cluster-source.ts'

/** What one look at a cluster needs. */
export interface ClusterLook {
  readonly connection: ApiConnection
  readonly configuration: GuardConfiguration
  /** What the command needs to know; each asks for a right of its own. */
  readonly kinds: readonly WatchedKindName[]
  /** Told of objects that cannot be used. */
  readonly log: ClusterLog
  readonly nowMs: number
}

/**
 * The cluster as the API server gives it at this moment. Every report counts as fresh: whether its sequence still moves can be
 * told only by who looks for longer than a moment.
 */
export const lookAtCluster = async (look: ClusterLook): Promise<OneTimeView> => {
  const { configuration, kinds, nowMs } = look
  const roster = createRoster(configuration)
  const lists = kindsOf(roster, nowMs)
  await Promise.all(kinds.map(name => lists[name](look)))
  roster.advance(nowMs)
  return { roster, configuration, nowMs }
}

type ReadList = (look: ClusterLook) => Promise<void>

const kindsOf = (roster: InventoryTarget, nowMs: number): Record<WatchedKindName, ReadList> => {
  const shared = createSharedParts()
  const now = (): number => nowMs
  return {
    nodes: look => readList(nodeKind(roster, now, shared), look),
    reports: look => readList(reportKind(roster, now, shared), look),
    namespaces: look => readList(namespaceKind(roster), look),
    runtimeclasses: look => readList(runtimeClassKind(roster), look),
  }
}

const readList = async <Facts extends { readonly name: string }>(
  kind: WatchedKind<Facts>,
  { connection, log }: ClusterLook,
): Promise<void> => {
  const store = createKindStore(kind, { log })
  const { path, wire } = kind
  const list = {
    ...{ path, accept: wire.listAccept, pageShape: wire.pageShape },
    resource: { ...kind.resource, verbs: ['list'] },
  }
  try {
    await readFromBeginning(async () => {
      store.begin()
      for await (const items of readPages(connection, list)) for (const item of items) store.put(item)
      store.end()
    })
  } catch (error) {
    throw asMissingDefinition(kind.name, error)
  }
}
