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
  concernsTaint(toleration, taint) && toleratesValue(toleration, taint.value)

/** Whether the toleration is about the taint's key and effect at all; an empty key or effect is about every one. */
export const concernsTaint = (toleration: Toleration, { key, effect }: Pick<Taint, 'key' | 'effect'>): boolean =>
  (toleration.effect === '' || toleration.effect === effect) && (toleration.key === '' || toleration.key === key)

/** Whether a toleration that concerns a taint accepts its value; an operator that is not known accepts none. */
export const toleratesValue = (toleration: Toleration, taintValue: string): boolean => {
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

const unschedulable: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

/** True when the pod may go to a cordoned node: it tolerates the taint that spec.unschedulable stands for. */
export const toleratesUnschedulable = (tolerations: readonly Toleration[]): boolean =>
  tolerations.some(toleration => toleratesTaint(toleration, unschedulable))
