import { SNAPSHOTTER_TAINT, SNAPSHOTTER_TAINT_EFFECT, STATE_LABEL } from '../../policy/mark-names.ts'
import type { NodeCondition } from '../../policy/node-condition.ts'
import type { NodeFacts } from '../../policy/node-facts.ts'
import type { Taint } from '../../scheduling/scheduling-node.ts'

/** What of ours is on a Node; null where there is nothing. */
export interface NodeMarks {
  /** The taint's value. */
  readonly taint: string | null
  readonly label: string | null
  readonly condition: NodeCondition | null
}

/** True for our taint, also as a registration taint with any value; the same key with another effect is not ours. */
export const isOurTaint = ({ key, effect }: Taint): boolean =>
  key === SNAPSHOTTER_TAINT && effect === SNAPSHOTTER_TAINT_EFFECT

/** Our marks among everything that is on the Node. */
export const marksOf = ({ taints, labels, snapshotterReady }: NodeFacts): NodeMarks => ({
  taint: taints.find(isOurTaint)?.value ?? null,
  label: Object.hasOwn(labels, STATE_LABEL) ? (labels[STATE_LABEL] ?? null) : null,
  condition: snapshotterReady ?? null,
})
