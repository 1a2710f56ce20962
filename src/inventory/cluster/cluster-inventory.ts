import type { PodFacts } from '../../admission/cluster-view.ts'
import type { Roster } from '../../policy/roster.ts'
import type { InventoryTarget } from '../apply-inventory.ts'
import type { ApiConnection } from './api-connection.ts'
import type { ClusterLog } from './cluster-log.ts'
import { createKindHealth, type KindHealth } from './kind-health.ts'
import { createKindStore, type KindStore } from './kind-store.ts'
import { listAndWatch } from './list-and-watch.ts'
import { createLiveNodes, type NodeExistence } from './live-node.ts'
import { readLivePod } from './live-pod.ts'
import { namespaceKind } from './namespace-kind.ts'
import { nodeKind } from './node-kind.ts'
import { reportKind } from './report-kind.ts'
import { runtimeClassKind } from './runtime-class-kind.ts'
import { createSharedParts } from './shared-parts.ts'
import { WATCH_TIMES, type WatchTimes } from './watch-options.ts'
import type { WatchedKind, WatchedKindName } from './watched-kind.ts'
import { createWorkSlices } from './work-slices.ts'

/** What a cluster inventory needs. */
export interface ClusterInventoryOptions {
  readonly connection: ApiConnection
  readonly roster: InventoryTarget & Pick<Roster, 'knows'>
  /** A clock that nobody sets. */
  readonly nowMs: () => number
  readonly log: ClusterLog
  /** Called once, when every kind has been listed. */
  readonly onLoaded: () => void
  /** Ends everything. */
  readonly signal: AbortSignal
  /** Other than WATCH_TIMES for tests only. */
  readonly times?: Partial<WatchTimes>
  readonly random?: () => number
  /** Whether the condition SnapshotterReady of each Node is wanted; false unless given. */
  readonly readsConditions?: boolean
}

/** Something that must be there before the first answer; `check` tells what is missing, or null. */
export interface ClusterCondition {
  readonly name: string
  check(): string | null
}

/** The nodes, reports, namespaces and runtime classes of a cluster, as its API server tells them. */
export interface ClusterInventory {
  /** Begins to list and watch; everything that fails is tried again until the signal. */
  start(): void
  /** True when every kind has been listed once. */
  loaded(): boolean
  /** One for each kind; none is missing any more once it has been listed. */
  conditions(): readonly ClusterCondition[]
  /** Since the API server was last heard of this kind; Infinity before its first list. */
  ageMs(kind: WatchedKindName): number
  /** The kinds, in a fixed order. */
  readonly kinds: readonly WatchedKindName[]
  /** How many objects of a kind are known. */
  size(kind: WatchedKindName): number
  /** Why what is known may be out of date, when a kind has not been heard of for longer; null while none is. */
  staleness(staleMs: number): string | null
  readPod(namespace: string, name: string, signal: AbortSignal): Promise<PodFacts | undefined>
  /** Asks for a node that is not known; when it is found the roster has it. */
  findNode(name: string): Promise<NodeExistence>
}

// Of a turn of the event loop at most so much goes to lists and events; reviews wait for the rest.
const SLICE_MS = 8

interface Followed {
  readonly name: WatchedKindName
  readonly health: KindHealth
  readonly store: KindStore
  follow(): void
}

/** An inventory that has not begun. */
export const createClusterInventory = (options: ClusterInventoryOptions): ClusterInventory => {
  const { connection, roster, nowMs, log, signal } = options
  const shared = createSharedParts()
  const slices = createWorkSlices(SLICE_MS, nowMs)
  const times = { ...WATCH_TIMES, ...options.times }

  const followed = <Facts extends { readonly name: string }>(
    kind: WatchedKind<Facts>,
    removed?: (name: string) => void,
  ): Followed => {
    const health = createKindHealth(kind.name, nowMs, log, () => announce())
    const store = createKindStore(kind, { log, ...(removed && { removed }) })
    const random = options.random ?? Math.random
    const follow = (): void =>
      void listAndWatch({ connection, kind, store, health, slices, times, random, nowMs, log, signal })
    return { name: kind.name, health, store, follow }
  }

  const nodesKind = nodeKind(roster, nowMs, shared, options.readsConditions)
  const live = createLiveNodes({ connection, kind: nodesKind, store: () => nodes.store, nowMs, signal })
  const nodes = followed(nodesKind, live.removed)
  const all = [
    nodes,
    followed(reportKind(roster, nowMs, shared)),
    followed(namespaceKind(roster)),
    followed(runtimeClassKind(roster)),
  ]
  const of = (name: WatchedKindName): Followed => all.find(one => one.name === name) ?? nodes
  let isLoaded = false

  const announce = (): void => {
    if (isLoaded || !all.every(({ health }) => health.loaded)) return
    isLoaded = true
    options.onLoaded()
  }

  return {
    start: () => {
      for (const { follow } of all) follow()
    },
    loaded: () => isLoaded,
    conditions: () => all.map(({ name, health }) => ({ name: `inventory ${name}`, check: health.missing })),
    kinds: all.map(({ name }) => name),
    ageMs: name => of(name).health.ageMs(),
    size: name => of(name).store.size,
    staleness: staleMs => {
      const stale = all.find(({ health }) => health.ageMs() > staleMs)
      return stale === undefined ? null : stalenessOf(stale)
    },
    readPod: (namespace, name, podSignal) => readLivePod(connection, namespace, name, podSignal),
    findNode: async name => {
      const existence = await live.find(name)
      // A Node that cannot be used is kept out of the roster, and is as good as none.
      return 'found' in existence && !roster.knows(name) ? { missing: true } : existence
    },
  }
}

const stalenessOf = ({ name, health }: Followed): string => {
  const failure = health.failure()
  const seconds = Math.round(health.ageMs() / 1000)
  return `nothing was heard from the API server about ${name} for ${seconds} s${failure === null ? '' : ` (${failure.code})`}`
}
