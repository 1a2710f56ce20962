import type { Bitset } from './bitset.ts'
import { type CompiledFieldRequirement, nodeNameField } from './node-field-requirement.ts'
import type { CompiledRequirement } from './node-selector-requirement.ts'
import type { CompiledTerm } from './node-selector-term.ts'
import type { KeyPostings, Postings } from './postings.ts'
import { addAll, dropAll, keepOnly, type SlotSet } from './slot-set.ts'

/** What a term is looked up in: labels by posting list, names by slot, and a set to work with. */
export interface TermLookup {
  readonly labels: Postings
  readonly slotOf: (name: string) => number | undefined
  readonly scratch: Bitset
}

/** Keeps in `bits` only the slots of nodes that the term matches. */
export const keepTermMatches = (bits: Bitset, term: CompiledTerm, lookup: TermLookup): void => {
  for (const expression of term.expressions) keepExpressionMatches(bits, expression, lookup)
  for (const field of term.fields) keepFieldMatches(bits, field, lookup)
}

const keepExpressionMatches = (bits: Bitset, expression: CompiledRequirement, lookup: TermLookup): void => {
  const postings = lookup.labels.get(expression.key)
  switch (expression.operator) {
    case 'In':
      keepListedValues(bits, expression.values, postings, lookup.scratch)
      break
    case 'NotIn':
      for (const value of expression.values) dropAll(bits, postings?.values.get(value))
      break
    case 'Exists':
      keepOnly(bits, postings?.present)
      break
    case 'DoesNotExist':
      dropAll(bits, postings?.present)
      break
    default:
      keepComparedValues(bits, expression.matchesValue, postings, lookup.scratch)
  }
}

const keepListedValues = (
  bits: Bitset,
  values: readonly string[],
  postings: KeyPostings | undefined,
  scratch: Bitset,
): void => {
  const [only = '', ...others] = values
  if (others.length === 0) keepOnly(bits, postings?.values.get(only))
  else {
    scratch.clearAll()
    for (const value of values) addAll(scratch, postings?.values.get(value))
    bits.and(scratch)
  }
}

// Gt and Lt are held against each value that occurs and not against each node; whichever part of the values is smaller is
// then added up or taken away.
const keepComparedValues = (
  bits: Bitset,
  matchesValue: (value: string) => boolean,
  postings: KeyPostings | undefined,
  scratch: Bitset,
): void => {
  const matching: SlotSet[] = []
  const others: SlotSet[] = []
  for (const [value, slots] of postings?.values ?? []) (matchesValue(value) ? matching : others).push(slots)
  if (others.length < matching.length) {
    keepOnly(bits, postings?.present)
    for (const slots of others) dropAll(bits, slots)
  } else {
    scratch.clearAll()
    for (const slots of matching) addAll(scratch, slots)
    bits.and(scratch)
  }
}

const keepFieldMatches = (
  bits: Bitset,
  { field, operator, value, matches }: CompiledFieldRequirement,
  lookup: TermLookup,
) => {
  if (field !== nodeNameField) {
    // It reads as "" on every node, so it holds for all of them or for none.
    if (!matches('')) bits.clearAll()
  } else if (operator === 'In') keepOnly(bits, lookup.slotOf(value))
  else dropAll(bits, lookup.slotOf(value))
}
