import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodConstraints,
  Toleration,
} from '../../src/scheduling/pod-constraints.ts'
import type { SchedulingNode, Taint } from '../../src/scheduling/scheduling-node.ts'

/** A pod that asks for nothing, with the given changes. */
export const pod = (changes: Partial<PodConstraints> = {}): PodConstraints => ({
  nodeName: '',
  nodeSelector: {},
  requiredTerms: null,
  tolerations: [],
  ...changes,
})

/** A node with nothing but a name, with the given changes. */
export const node = (changes: Partial<SchedulingNode> = {}): SchedulingNode => ({
  name: 'node1',
  labels: {},
  taints: [],
  unschedulable: false,
  ...changes,
})

/** A requirement of a term, as in requirement('disk', 'In', 'ssd', 'nvme'). */
export const requirement = (key: string, operator: string, ...values: string[]): NodeSelectorRequirement => ({
  key,
  operator,
  values,
})

/** A term of expressions. */
export const expressions = (...matchExpressions: NodeSelectorRequirement[]): NodeSelectorTerm => ({
  matchExpressions,
  matchFields: [],
})

/** A term of fields. */
export const fields = (...matchFields: NodeSelectorRequirement[]): NodeSelectorTerm => ({
  matchExpressions: [],
  matchFields,
})

/** A toleration that tolerates everything, with the given changes. */
export const toleration = (changes: Partial<Toleration> = {}): Toleration => ({
  key: '',
  operator: 'Exists',
  value: '',
  effect: '',
  ...changes,
})

/** The taint dedicated=gpu:NoSchedule, with the given changes. */
export const taint = (changes: Partial<Taint> = {}): Taint => ({
  key: 'dedicated',
  value: 'gpu',
  effect: 'NoSchedule',
  ...changes,
})
