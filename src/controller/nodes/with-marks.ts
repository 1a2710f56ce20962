import { SNAPSHOTTER_TAINT, SNAPSHOTTER_TAINT_EFFECT, STATE_LABEL } from '../../policy/mark-names.ts'
import type { NodeFacts } from '../../policy/node-facts.ts'
import type { DesiredMarks } from './desired-marks.ts'
import { isOurTaint } from './node-marks.ts'

/** The facts as they are once the marks have been written, and nothing else has changed. */
export const withMarks = (facts: NodeFacts, desired: DesiredMarks): NodeFacts => {
  const { snapshotterReady: before, ...rest } = facts
  const condition = desired.condition === undefined ? before : (desired.condition ?? undefined)
  return {
    ...rest,
    labels: withLabel(facts.labels, desired.label),
    taints: withTaint(facts.taints, desired.taint),
    ...(condition && { snapshotterReady: condition }),
  }
}

const withLabel = (labels: NodeFacts['labels'], wanted: string | null | undefined): NodeFacts['labels'] => {
  if (wanted === undefined) return labels
  const { [STATE_LABEL]: _ours, ...others } = labels
  return wanted === null ? others : { ...others, [STATE_LABEL]: wanted }
}

const withTaint = (taints: NodeFacts['taints'], value: string | null | undefined): NodeFacts['taints'] => {
  if (value === undefined) return taints
  if (value === null) return taints.filter(taint => !isOurTaint(taint))
  return taints.some(isOurTaint)
    ? taints.map(taint => (isOurTaint(taint) ? { ...taint, value } : taint))
    : [...taints, { key: SNAPSHOTTER_TAINT, value, effect: SNAPSHOTTER_TAINT_EFFECT }]
}
