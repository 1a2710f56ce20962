import type { Parsed, Problem } from '../errors.ts'

/** Collects what is wrong with a document while the rest of it is read. */
export interface ProblemList {
  add(path: string, message: string): void
  /** The value, unless a problem was added since. */
  toParsed<Value>(value: Value): Parsed<Value>
}

/** A list without problems. */
export const createProblemList = (): ProblemList => {
  const problems: Problem[] = []
  return {
    add: (path, message) => {
      problems.push({ path, message })
    },
    toParsed: value => (problems.length === 0 ? { ok: true, value } : { ok: false, problems }),
  }
}
