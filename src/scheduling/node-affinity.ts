import { type CompiledTerm, compileTerms } from './node-selector-term.ts'
import type { PodConstraints } from './pod-constraints.ts'
import type { SchedulingNode } from './scheduling-node.ts'

/** Both ways in which a pod names the nodes it wants, ready to be asked about many nodes. */
export interface RequiredNodeAffinity {
  matches(node: SchedulingNode): boolean
}

/**
 * component-helpers' nodeaffinity.GetRequiredNodeAffinity(pod).Match(node), errors ignored as the NodeAffinity filter
 * ignores them: the nodeSelector map, compared as it is without validation, and the ORed terms of the required affinity.
 */
export const createRequiredNodeAffinity = (
  constraints: Pick<PodConstraints, 'nodeSelector' | 'requiredTerms'>,
): RequiredNodeAffinity => {
  const selected = Object.entries(constraints.nodeSelector)
  const terms = constraints.requiredTerms === null ? null : compileTerms(constraints.requiredTerms)
  return {
    matches: node =>
      selected.every(([key, value]) => Object.hasOwn(node.labels, key) && node.labels[key] === value) &&
      (terms === null || terms.some(term => matchesTerm(term, node))),
  }
}

const matchesTerm = (term: CompiledTerm, node: SchedulingNode): boolean =>
  term.expressions.every(expression => expression.matches(node.labels)) &&
  term.fields.every(field => field.matches(node.name))
