import { parseDecimalInt64 } from './int64.ts'
import type { Toleration } from './pod-constraints.ts'
import type { Taint } from './scheduling-node.ts'

/** The operators of a toleration; an empty one is Equal. */
export const tolerationOperators = ['Equal', 'Exists', 'Lt', 'Gt'] as const

/**
 * Upstream's Toleration.ToleratesTaint. Lt and Gt are honoured: an API server without the TaintTolerationComparisonOperators
 * gate (off by default in Kubernetes 1.37) does not let such a pod in.
 */
export const toleratesTaint = (toleration: Toleration, taint: Taint): boolean =>
  (toleration.effect === '' || toleration.effect === taint.effect) &&
  (toleration.key === '' || toleration.key === taint.key) &&
  toleratesValue(toleration, taint.value)

const toleratesValue = (toleration: Toleration, taintValue: string): boolean => {
  switch (toleration.operator) {
    case '':
    case 'Equal':
      return toleration.value === taintValue
    case 'Exists':
      return true
    case 'Lt':
    case 'Gt':
      return isBeyond(toleration.operator, taintValue, toleration.value)
    default:
      return false
  }
}

const isBeyond = (operator: 'Lt' | 'Gt', taintValue: string, tolerationValue: string): boolean => {
  const bound = parseDecimalInt64(tolerationValue)
  const found = parseDecimalInt64(taintValue)
  if (bound === null || found === null) return false
  return operator === 'Lt' ? found < bound : found > bound
}

/** True for the effects that keep a pod off a node; PreferNoSchedule only lowers a score. */
export const keepsPodsOff = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute'

/** The first NoSchedule or NoExecute taint that none of the tolerations tolerates, as the TaintToleration filter looks for it. */
export const findUntoleratedTaint = (taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined =>
  taints.find(taint => keepsPodsOff(taint) && !tolerations.some(toleration => toleratesTaint(toleration, taint)))

/** The taint that spec.unschedulable stands for: whoever tolerates it may go to a cordoned node. */
export const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

/** Whether the NodeUnschedulable filter lets the pod go to a cordoned node. */
export const toleratesUnschedulable = (tolerations: readonly Toleration[]): boolean =>
  tolerations.some(toleration => toleratesTaint(toleration, unschedulableTaint))
