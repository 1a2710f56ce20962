import type { Parsed } from '../errors.ts'
import { fieldOf, isAbsent, readList, readObject, readString, readStringMap } from './json-fields.ts'
import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'
import { isLabelKey, isLabelValue } from './label-syntax.ts'
import { createProblemList, type ProblemList } from './problem-list.ts'
import { readOperator } from './read-operator.ts'

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

/**
 * Reads a metav1.LabelSelector by the rules of metav1.LabelSelectorAsSelector: everything that makes upstream fail is a
 * problem. An empty selector matches everything; an absent one is a problem, because upstream lets it match nothing.
 */
export const parseLabelSelector = (value: unknown, path: string): Parsed<LabelSelector> => {
  const problems = createProblemList()
  if (isAbsent(value)) problems.add(path, 'expected a label selector, found nothing; write {} to select everything')
  const selector = readObject(value, path, problems)
  return problems.toParsed({
    matchLabels: readMatchLabels(fieldOf(selector, 'matchLabels'), `${path}.matchLabels`, problems),
    matchExpressions: readList(
      fieldOf(selector, 'matchExpressions'),
      `${path}.matchExpressions`,
      problems,
      readExpression,
    ),
  })
}

const readMatchLabels = (value: unknown, path: string, problems: ProblemList): Record<string, string> => {
  const labels = readStringMap(value, path, problems)
  for (const [key, text] of Object.entries(labels)) {
    checkKey(key, `${path}[${key}]`, problems)
    checkValue(text, `${path}[${key}]`, problems)
  }
  return labels
}

const readExpression = (value: unknown, path: string, problems: ProblemList): LabelSelectorRequirement => {
  const expression = readObject(value, path, problems)
  const key = readKey(fieldOf(expression, 'key'), `${path}.key`, problems)
  const operator = readOperator(fieldOf(expression, 'operator'), `${path}.operator`, problems, operators)
  const values = readList(fieldOf(expression, 'values'), `${path}.values`, problems, readString)
  checkValueCount(operator, values.length, `${path}.values`, problems)
  for (const [at, text] of values.entries()) checkValue(text, `${path}.values[${at}]`, problems)
  return { key, operator: operators.find(known => known === operator) ?? 'In', values }
}

const readKey = (value: unknown, path: string, problems: ProblemList): string => {
  const key = readString(value, path, problems)
  if (typeof value === 'string' || isAbsent(value)) checkKey(key, path, problems)
  return key
}

const checkValueCount = (operator: string, count: number, path: string, problems: ProblemList): void => {
  if ((operator === 'In' || operator === 'NotIn') && count === 0) {
    problems.add(path, `expected at least one value for ${operator}, found none`)
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) {
    problems.add(path, `expected no values for ${operator}, found ${count}`)
  }
}

const checkKey = (key: string, path: string, problems: ProblemList): void => {
  if (!isLabelKey(key)) {
    problems.add(path, `expected a label key such as example.com/name, found ${JSON.stringify(key)}`)
  }
}

const checkValue = (value: string, path: string, problems: ProblemList): void => {
  if (!isLabelValue(value)) {
    problems.add(
      path,
      `expected a label value (at most 63 letters, digits, -, _ and .), found ${JSON.stringify(value)}`,
    )
  }
}
