import type { Owner } from '../scan/owner.ts'
import type { ScanRow } from '../scan/pod-tally.ts'

/** One row of `scan -o json`: stable, since scripts read it. */
export interface ScanRecord {
  readonly node: string
  readonly state: string
  /** A reason code, also one of a pod on a Ready node (RuntimeHandlerUsesOtherSnapshotter). */
  readonly reason: string
  readonly message: string
  /** What would be done if the pods came now: deny, warn or audit. */
  readonly decision: string
  readonly namespace: string
  readonly owner: Pick<Owner, 'apiVersion' | 'kind' | 'name'>
  readonly count: number
  /** The names of all of them. */
  readonly pods: readonly string[]
}

/** The row in the words of `scan -o json`. */
export const scanRecord = (row: ScanRow): ScanRecord => ({
  node: row.node,
  state: row.state,
  reason: row.reason,
  message: row.message,
  decision: row.decision,
  namespace: row.namespace,
  owner: { apiVersion: row.owner.apiVersion, kind: row.owner.kind, name: row.owner.name },
  count: row.count,
  pods: row.pods,
})
