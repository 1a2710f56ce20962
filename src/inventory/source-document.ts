import type { PathStep } from './problem-path.ts'

/** One document of a YAML or JSON text. */
export interface SourceDocument {
  readonly value: unknown
  /** Counted from 1; documents that hold nothing count as well, so that the number is the one an editor's reader counts. */
  readonly number: number
  /** The line, counted from 1, of the field at the path, or of the nearest one around it that is there. */
  readonly lineOf: (path: readonly PathStep[]) => number
}

/** Something wrong in a text, in the words of its reader. */
export interface SourceProblem {
  readonly document: number
  /** Counts from 1; asked for only when the problem is shown. */
  readonly line: () => number
  /** Empty where the text has no fields yet because it cannot be read. */
  readonly path: readonly PathStep[]
  readonly message: string
}

/** Every document of a text, and everything that kept one from being read. */
export interface SourceDocuments {
  readonly documents: readonly SourceDocument[]
  readonly problems: readonly SourceProblem[]
}
