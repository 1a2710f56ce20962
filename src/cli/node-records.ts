import type { NodeVerdict } from '../policy/node-verdict.ts'

/** One node of `nodes -o json`: stable, since scripts read it. */
export interface NodeRecord {
  readonly name: string
  readonly state: string
  /** '' when Ready. */
  readonly reason: string
  readonly message: string
  readonly evidence: 'report' | 'label'
  /** '' when the node is in no pool. */
  readonly pool: string
  readonly mode: string
  /** '' when unknown. */
  readonly defaultSnapshotter: string
  readonly advisories: readonly string[]
}

/** The verdict in the words of `nodes -o json`. */
export const nodeRecord = (verdict: NodeVerdict): NodeRecord => ({
  name: verdict.node,
  state: verdict.state,
  reason: verdict.reason,
  message: verdict.message,
  evidence: verdict.evidence,
  pool: verdict.pool,
  mode: verdict.mode,
  defaultSnapshotter: verdict.defaultSnapshotter,
  advisories: verdict.advisories,
})
