import type { Problem } from '../errors.ts'
import { type PathStep, pathOf } from './problem-path.ts'

/** A problem with its place, told to a person as `inventory.yaml: document 3, line 41: spec.taints[0].effect: expected …`. */
export interface PlacedProblem {
  readonly file: string
  readonly document: number
  /** Asked for only when the problem is shown, since finding a line in a large file takes a while. */
  readonly line: () => number
  readonly path: readonly PathStep[]
  readonly message: string
}

const SHOWN_AT_MOST = 20

const placed = ({ file, document, line, path, message }: PlacedProblem): Problem => {
  const place = `${file}: document ${document}, line ${line()}`
  return { path: path.length === 0 ? place : `${place}: ${pathOf(path)}`, message }
}

/** The first 20 problems, each with its place, and a last one that says how many more there are. */
export const placeProblems = (problems: readonly PlacedProblem[]): Problem[] => {
  const shown = problems.slice(0, SHOWN_AT_MOST).map(placed)
  const more = problems.length - shown.length
  if (more > 0)
    shown.push({ path: problems[0]?.file ?? '', message: `and ${more} more ${more === 1 ? 'problem' : 'problems'}` })
  return shown
}
