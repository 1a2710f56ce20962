import { type CompiledFieldRequirement, compileFieldRequirement } from './node-field-requirement.ts'
import { type CompiledRequirement, compileRequirement } from './node-selector-requirement.ts'
import type { NodeSelectorTerm } from './pod-constraints.ts'

/** A term without errors: every one of its expressions and fields must hold. */
export interface CompiledTerm {
  readonly expressions: readonly CompiledRequirement[]
  readonly fields: readonly CompiledFieldRequirement[]
}

/**
 * The terms that can match a node at all (upstream's LazyErrorNodeSelector): an empty term and a term with an error in any
 * of its requirements match nothing, and leave the other terms as they are.
 */
export const compileTerms = (terms: readonly NodeSelectorTerm[]): CompiledTerm[] =>
  terms.map(compileTerm).filter(term => term !== null)

const compileTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm): CompiledTerm | null => {
  if (matchExpressions.length === 0 && matchFields.length === 0) return null
  const expressions = compileEvery(matchExpressions, compileRequirement)
  const fields = compileEvery(matchFields, compileFieldRequirement)
  return expressions === null || fields === null ? null : { expressions, fields }
}

const compileEvery = <From, To>(items: readonly From[], compile: (item: From) => To | null): To[] | null => {
  const compiled: To[] = []
  for (const item of items) {
    const one = compile(item)
    if (one === null) return null
    compiled.push(one)
  }
  return compiled
}
