/** A toleration as Kubernetes writes it; an absent operator is Equal, an absent effect matches every effect. */
export interface Toleration {
  readonly key: string
  readonly operator: string
  readonly value: string
  readonly effect: string
}

/** One expression of a node selector term; operators In, NotIn, Exists, DoesNotExist, Gt, Lt. */
export interface NodeSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

/** A term of a required node affinity: all of its expressions and fields must hold; an empty term matches nothing. */
export interface NodeSelectorTerm {
  readonly matchExpressions: readonly NodeSelectorRequirement[]
  readonly matchFields: readonly NodeSelectorRequirement[]
}

/** Everything of a pod that the scheduler's static node filters read; `nodeName` is '' and `requiredTerms` null when absent. */
export interface PodConstraints {
  readonly nodeName: string
  readonly nodeSelector: Readonly<Record<string, string>>
  /** requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms, ORed; null = no required affinity, [] matches nothing. */
  readonly requiredTerms: readonly NodeSelectorTerm[] | null
  readonly tolerations: readonly Toleration[]
}
