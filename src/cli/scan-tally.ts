import { inParallel } from './in-parallel.ts'
import type { Owner } from './owner.ts'
import type { DirectOwner, FindWorkload } from './owner-lookup.ts'
import type { PodFinding } from './scan-judge.ts'
import type { ScannedPod } from './scan-pod.ts'

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
export interface ScanTally {
  add(pod: ScannedPod, finding: PodFinding): void
  /** The rows, with the workload in place of what it made, by node, namespace and owner. */
  rows(findWorkload: FindWorkload): Promise<ScanRow[]>
}

interface Group {
  readonly finding: PodFinding
  readonly node: string
  readonly direct: DirectOwner
  count: number
  readonly pods: string[]
}

const LOOK_UPS_AT_ONCE = 8

const ownerKey = ({ namespace, owner }: DirectOwner): string =>
  [namespace, owner.apiVersion, owner.kind, owner.name].join('\n')

/** A tally that keeps the names of at most `keptNames` pods of each row. */
export const createScanTally = (keptNames: number): ScanTally => {
  const groups = new Map<string, Group>()
  const messages = new Map<string, string>()

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
    if (known === undefined) groups.set(key, { ...group, finding: withSharedMessage(finding, node) })
    else {
      known.count += group.count
      known.pods.push(...group.pods.slice(0, Math.max(0, keptNames - known.pods.length)))
    }
  }

  return {
    add: (pod, finding) => {
      const { namespace, name, node, controller, templateHash } = pod
      const owner = controller ?? { apiVersion: 'v1', kind: 'Pod', name }
      merge({ finding, node, direct: { namespace, owner, templateHash }, count: 1, pods: [name] })
    },
    rows: async findWorkload => {
      const found = [...groups.values()]
      const directs = new Map(found.map(({ direct }) => [ownerKey(direct), direct]))
      const workloads = await inParallel([...directs], LOOK_UPS_AT_ONCE, async ([key, direct]) => {
        return [key, await findWorkload(direct)] as const
      })
      const workloadOf = new Map(workloads)
      groups.clear()
      for (const group of found) {
        const owner = workloadOf.get(ownerKey(group.direct)) ?? group.direct.owner
        merge({ ...group, direct: { ...group.direct, owner } })
      }
      return [...groups.values()].map(toRow).sort(byPlace)
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
