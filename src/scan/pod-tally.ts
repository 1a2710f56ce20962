import type { PodFinding } from './judge-pod.ts'
import { type DirectOwner, type Owner, ownerKey } from './owner.ts'
import type { ScannedPod } from './scanned-pod.ts'

/** Pods of one owner on one node about which the same was found. */
export interface ScanRow extends PodFinding {
  readonly node: string
  readonly namespace: string
  readonly owner: Owner
  readonly count: number
  /** Their names, sorted; at most as many as the tally was told to keep. */
  readonly pods: readonly string[]
}

/** Counts pods as they are read, so that none needs to be kept. */
export interface PodTally {
  add(pod: ScannedPod, finding: PodFinding): void
  /** The direct owners of the pods, by ownerKey, each once. */
  owners(): ReadonlyMap<string, DirectOwner>
  /** The rows, with the workload (by the ownerKey of what it made) in place of what it made, by node, namespace and owner. */
  rows(workloads: ReadonlyMap<string, Owner>): ScanRow[]
  /** How many pods were not taken because there were as many rows as may be. */
  readonly leftOut: number
}

/** How much a tally keeps. */
export interface TallyLimits {
  /** Names of pods in each row. */
  readonly keptNames: number
  readonly maxRows: number
}

interface Group {
  readonly finding: PodFinding
  readonly node: string
  readonly direct: DirectOwner
  count: number
  readonly pods: string[]
}

/** A tally of nothing. */
export const createPodTally = ({ keptNames, maxRows }: TallyLimits): PodTally => {
  const groups = new Map<string, Group>()
  const messages = new Map<string, string>()
  let leftOut = 0

  // The message is the same for all that was found for one reason on one node, and one text for each group would add up.
  const withSharedMessage = (finding: PodFinding, node: string): PodFinding => {
    const key = `${node}\n${finding.reason}`
    const message = messages.get(key) ?? finding.message
    messages.set(key, message)
    return { ...finding, message }
  }

  const merge = (group: Group): void => {
    const { node, direct, finding } = group
    const key = [node, ownerKey(direct), finding.reason, finding.decision].join('\n')
    const known = groups.get(key)
    if (known !== undefined) {
      known.count += group.count
      known.pods.push(...group.pods.slice(0, Math.max(0, keptNames - known.pods.length)))
    } else if (groups.size < maxRows) groups.set(key, { ...group, finding: withSharedMessage(finding, node) })
    else leftOut += group.count
  }

  return {
    add: (pod, finding) => {
      const { namespace, name, node, controller, templateHash, facts } = pod
      const owner = controller ?? { apiVersion: 'v1', kind: 'Pod', name, uid: facts.uid }
      merge({ finding, node, direct: { namespace, owner, templateHash }, count: 1, pods: keptNames > 0 ? [name] : [] })
    },
    owners: () => new Map([...groups.values()].map(({ direct }) => [ownerKey(direct), direct])),
    rows: workloads => {
      const found = [...groups.values()]
      groups.clear()
      for (const group of found) {
        const owner = workloads.get(ownerKey(group.direct)) ?? group.direct.owner
        merge({ ...group, direct: { ...group.direct, owner } })
      }
      return [...groups.values()].map(toRow).sort(byPlace)
    },
    get leftOut() {
      return leftOut
    },
  }
}

const toRow = ({ finding, node, direct, count, pods }: Group): ScanRow => ({
  ...finding,
  node,
  namespace: direct.namespace,
  owner: direct.owner,
  count,
  pods: pods.toSorted(),
})

const placeOf = ({ node, namespace, owner, reason }: ScanRow): string =>
  [node, namespace, owner.kind, owner.name, reason].join('\n')

const byPlace = (one: ScanRow, other: ScanRow): number => (placeOf(one) < placeOf(other) ? -1 : 1)
