import { nodeNameField } from './node-field-requirement.ts'
import { type CompiledTerm, compileTerms } from './node-selector-term.ts'
import type { PodConstraints } from './pod-constraints.ts'

/**
 * The one node that the required affinity leaves, where each of its terms asks for it by a metadata.name field (as the
 * DaemonSet controller writes it), else null. Terms that can match no node are left out: they open no other way.
 */
export const pinnedNodeName = (constraints: Pick<PodConstraints, 'requiredTerms'>): string | null => {
  if (constraints.requiredTerms === null) return null
  const names = compileTerms(constraints.requiredTerms).map(nodeNameOf)
  const [name = null] = names
  return names.every(other => other === name) ? name : null
}

const nodeNameOf = (term: CompiledTerm): string | null =>
  term.fields.find(({ field, operator }) => field === nodeNameField && operator === 'In')?.value ?? null
