import { parseInt64 } from './int64.ts'
import { isLabelKey, isLabelValue } from './label-syntax.ts'
import type { NodeSelectorRequirement } from './pod-constraints.ts'

type Labels = Readonly<Record<string, string>>

/** The operators of a node selector term, in upstream's order. */
export const nodeSelectorOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const

/** One operator of a node selector term. */
export type NodeSelectorOperator = (typeof nodeSelectorOperators)[number]

/** A requirement that upstream's labels.NewRequirement accepts. */
export interface CompiledRequirement {
  readonly key: string
  readonly operator: NodeSelectorOperator
  readonly values: readonly string[]
  /** Whether a node that carries the key with this value satisfies the requirement. */
  readonly matchesValue: (value: string) => boolean
  readonly matches: (labels: Labels) => boolean
}

/** Compiles one matchExpression; null where upstream's labels.NewRequirement reports an error, which fails the whole term. */
export const compileRequirement = (requirement: NodeSelectorRequirement): CompiledRequirement | null => {
  const { key, operator, values } = requirement
  if (!isOperator(operator) || !isLabelKey(key) || !values.every(isLabelValue)) return null
  const matchesValue = valueTest(operator, values)
  if (matchesValue === null) return null
  // Only the two negative operators hold where the key is absent.
  const whenAbsent = operator === 'NotIn' || operator === 'DoesNotExist'
  return {
    key,
    operator,
    values,
    matchesValue,
    matches: labels => (Object.hasOwn(labels, key) ? matchesValue(labels[key] ?? '') : whenAbsent),
  }
}

const isOperator = (operator: string): operator is NodeSelectorOperator =>
  (nodeSelectorOperators as readonly string[]).includes(operator)

const valueTest = (
  operator: NodeSelectorOperator,
  values: readonly string[],
): CompiledRequirement['matchesValue'] | null => {
  switch (operator) {
    case 'In':
      return values.length === 0 ? null : value => values.includes(value)
    case 'NotIn':
      return values.length === 0 ? null : value => !values.includes(value)
    case 'Exists':
      return values.length === 0 ? () => true : null
    case 'DoesNotExist':
      return values.length === 0 ? () => false : null
    default:
      return comparison(operator, values)
  }
}

// A negative bound never gets here: "-1" is no label value, so upstream refuses it before it compares anything.
const comparison = (operator: 'Gt' | 'Lt', values: readonly string[]): CompiledRequirement['matchesValue'] | null => {
  const [only, ...others] = values
  const bound = only === undefined || others.length > 0 ? null : parseInt64(only)
  if (bound === null) return null
  return value => {
    const found = parseInt64(value)
    return found !== null && (operator === 'Gt' ? found > bound : found < bound)
  }
}
