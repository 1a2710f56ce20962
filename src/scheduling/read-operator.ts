import { isAbsent, readString } from './json-fields.ts'
import type { ProblemList } from './problem-list.ts'

/** Reads an operator; one that is not in the list is a problem whose message begins "unknown operator". */
export const readOperator = <Known extends string>(
  value: unknown,
  path: string,
  problems: ProblemList,
  known: readonly Known[],
): string => {
  const found = readString(value, path, problems)
  const isText = typeof value === 'string' || isAbsent(value)
  if (isText && !(known as readonly string[]).includes(found)) {
    const names = known.filter(name => name !== '').join(', ')
    problems.add(path, `unknown operator ${JSON.stringify(found)}: expected one of ${names}`)
  }
  return found
}
