import { fieldOf, readObject, readString } from './json-fields.ts'
import type { Toleration } from './pod-constraints.ts'
import type { ProblemList } from './problem-list.ts'
import { readOperator } from './read-operator.ts'
import { tolerationOperators } from './tolerations.ts'

// An absent operator is Equal.
const accepted = ['', ...tolerationOperators]

/** Reads a toleration, of a pod or of a RuntimeClass; tolerationSeconds decides nothing about scheduling and is not read. */
export const readToleration = (value: unknown, path: string, problems: ProblemList): Toleration => {
  const toleration = readObject(value, path, problems)
  return {
    key: readString(fieldOf(toleration, 'key'), `${path}.key`, problems),
    operator: readOperator(fieldOf(toleration, 'operator'), `${path}.operator`, problems, accepted),
    value: readString(fieldOf(toleration, 'value'), `${path}.value`, problems),
    effect: readString(fieldOf(toleration, 'effect'), `${path}.effect`, problems),
  }
}
