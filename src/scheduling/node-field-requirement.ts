import type { NodeSelectorRequirement } from './pod-constraints.ts'

/** The one field of a node that the scheduler lets a term select. */
export const nodeNameField = 'metadata.name'

/** A matchFields entry that upstream's field selector accepts: the node's name is, or is not, one value. */
export interface CompiledFieldRequirement {
  readonly field: string
  readonly operator: 'In' | 'NotIn'
  readonly value: string
  readonly matches: (nodeName: string) => boolean
}

/**
 * Compiles one matchFields entry; null where upstream reports an error: any operator but In and NotIn, or not exactly one
 * value. Another field than metadata.name is no error there: it reads as "".
 */
export const compileFieldRequirement = (requirement: NodeSelectorRequirement): CompiledFieldRequirement | null => {
  const { key: field, operator } = requirement
  const [value, ...others] = requirement.values
  if (value === undefined || others.length > 0 || (operator !== 'In' && operator !== 'NotIn')) return null
  const wanted = operator === 'In'
  return {
    field,
    operator,
    value,
    matches: nodeName => ((field === nodeNameField ? nodeName : '') === value) === wanted,
  }
}
