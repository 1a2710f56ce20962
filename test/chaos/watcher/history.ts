import type { EtcdChange } from './etcd-feed.ts'
import { type NodeTruth, nodeTruth, type StoredNode, type StoredReport } from './node-truth.ts'

/** A truth and the revision that brought it. */
export interface TruthChange extends NodeTruth {
  revision: number
  atMs: number
}

/** A pod's coming onto a node. */
export interface Placement {
  namespace: string
  pod: string
  node: string
  revision: number
  atMs: number
  /** The pod was created with its node, and never bound. */
  direct: boolean
}

/** The life of a pod as far as its placement goes. */
export interface PodLife {
  createdMs: number
  placedMs: number | undefined
  deletedMs: number | undefined
}

/** All that was stored about nodes, reports and pods, in the order of etcd's revisions. */
export interface History {
  truths: ReadonlyMap<string, readonly TruthChange[]>
  placements: readonly Placement[]
  pods: ReadonlyMap<string, PodLife>
  /** Stretches in which more than the fraction of the nodes was unverified; an open one ends at Infinity. */
  outages: readonly { fromMs: number; toMs: number }[]
}

/** The prefixes whose changes make a history. */
export const PREFIXES = {
  nodes: '/registry/minions/',
  reports: '/registry/soci-guard.dev/nodesnapshotters/',
  pods: '/registry/pods/',
} as const

/** Makes the history of changes given in any order; `outageFraction` is that of the guard's configuration. */
export function historyOf(changes: readonly EtcdChange[], outageFraction: number): History {
  const state = createState(outageFraction)
  for (const change of [...changes].sort((a, b) => a.revision - b.revision)) state.apply(change)
  return state.history
}

function createState(outageFraction: number) {
  const nodes = new Map<string, StoredNode>()
  const reports = new Map<string, StoredReport>()
  const unverified = new Set<string>()
  const truths = new Map<string, TruthChange[]>()
  const placements: Placement[] = []
  const pods = new Map<string, PodLife>()
  const outages: { fromMs: number; toMs: number }[] = []

  const countOutage = (atMs: number) => {
    const isOutage = nodes.size > 0 && unverified.size / nodes.size > outageFraction
    const open = outages.at(-1)?.toMs === Number.POSITIVE_INFINITY ? outages.at(-1) : undefined
    if (isOutage && !open) outages.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY })
    else if (!isOutage && open) open.toMs = atMs
  }
  const tell = (name: string, { revision, atMs }: EtcdChange) => {
    const truth = nodeTruth(nodes.get(name), reports.get(name))
    const isCounted = nodes.has(name) && truth.unverified
    if (isCounted) unverified.add(name)
    else unverified.delete(name)
    countOutage(atMs)
    const before = truths.get(name) ?? []
    if (before.at(-1)?.why !== truth.why) truths.set(name, [...before, { ...truth, revision, atMs }])
  }
  const setPod = (key: string, { object, revision, atMs }: EtcdChange) => {
    const life = pods.get(key)
    if (!object) {
      if (life) life.deletedMs = atMs
      return
    }
    const [namespace = '', pod = ''] = key.split('/')
    const { nodeName: node } = (object as { spec: { nodeName?: string } }).spec
    const known = life ?? { createdMs: atMs, placedMs: undefined, deletedMs: undefined }
    pods.set(key, known)
    if (!node || known.placedMs !== undefined) return
    known.placedMs = atMs
    placements.push({ namespace, pod, node, revision, atMs, direct: life === undefined })
  }
  const put = <T>(map: Map<string, T>, name: string, object: unknown) => {
    if (object === undefined) map.delete(name)
    else map.set(name, object as T)
  }
  const apply = (change: EtcdChange) => {
    const name = nameBelow(change.key)
    if (name === undefined) return
    if (change.key.startsWith(PREFIXES.pods)) return setPod(name, change)
    put<StoredNode | StoredReport>(
      change.key.startsWith(PREFIXES.nodes) ? (nodes as Map<string, never>) : (reports as Map<string, never>),
      name,
      change.object,
    )
    tell(name, change)
  }
  return { apply, history: { truths, placements, pods, outages } }
}

function nameBelow(key: string): string | undefined {
  const prefix = Object.values(PREFIXES).find(candidate => key.startsWith(candidate))
  return prefix && key.slice(prefix.length)
}
