import type { ClusterView } from '../../admission/cluster-view.ts'
import { judgePod, type PodFinding } from '../../scan/judge-pod.ts'
import type { DirectOwner, Owner } from '../../scan/owner.ts'
import { createPodTally, type ScanRow } from '../../scan/pod-tally.ts'
import type { ScannedPod } from '../../scan/scanned-pod.ts'

/** How many pods there are of which the same would be decided, on nodes in the same state. */
export interface PodCount {
  readonly state: PodFinding['state']
  readonly decision: PodFinding['decision']
  readonly pods: number
}

/** What one look at the running pods found. */
export interface Audited {
  /** By node, namespace and owner; at most as many as a look may keep. */
  readonly rows: readonly ScanRow[]
  /** Every pod that is where it should not be, also those that are in no row. */
  readonly counts: readonly PodCount[]
  /** The same by node, with the node's state. */
  readonly nodes: ReadonlyMap<string, { readonly state: PodFinding['state']; readonly pods: number }>
  /** How many pods are where they should not be, but exempt. */
  readonly exempt: number
  /** How many pods are in no row, because there were too many. */
  readonly leftOut: number
}

/** Judges pods as they are read; keeps none of them. */
export interface AuditCount {
  take(pod: ScannedPod): void
  /** The direct owners of the pods found, by ownerKey. */
  owners(): ReadonlyMap<string, DirectOwner>
  /** What was found, with workloads (by the ownerKey of what they made) in place of what they made. */
  audited(workloads: ReadonlyMap<string, Owner>): Audited
}

/** A count of no pods yet that judges by `view` and keeps at most `maxRows` rows, each with at most `keptNames` names of pods. */
export const createAuditCount = (
  view: () => ClusterView,
  limits: { readonly maxRows: number; readonly keptNames: number },
): AuditCount => {
  const tally = createPodTally(limits)
  const counts = new Map<string, { state: PodFinding['state']; decision: PodFinding['decision']; pods: number }>()
  const nodes = new Map<string, { state: PodFinding['state']; pods: number }>()
  let exempt = 0

  const count = (node: string, { state, decision }: PodFinding): void => {
    const key = `${state} ${decision}`
    const alike = counts.get(key) ?? { state, decision, pods: 0 }
    alike.pods += 1
    counts.set(key, alike)
    const onNode = nodes.get(node) ?? { state, pods: 0 }
    onNode.pods += 1
    nodes.set(node, onNode)
  }

  return {
    take: pod => {
      const judged = judgePod(pod, view())
      if (judged === 'exempt') exempt += 1
      else if (judged !== null) {
        tally.add(pod, judged)
        count(pod.node, judged)
      }
    },
    owners: tally.owners,
    audited: workloads => {
      const rows = tally.rows(workloads)
      return { rows, counts: [...counts.values()], nodes, exempt, leftOut: tally.leftOut }
    },
  }
}
