import { lineAt, placeOf } from './json-line.ts'
import { skipSpace, skipValue } from './json-scan.ts'
import type { PathStep } from './problem-path.ts'
import { findRepeatedKeys } from './repeated-keys.ts'
import type { SourceDocument, SourceDocuments, SourceProblem } from './source-document.ts'

const RECORD_SEPARATOR = 0x1e

const skipSeparators = (text: string, from: number): number => {
  let at = skipSpace(text, from)
  while (text.charCodeAt(at) === RECORD_SEPARATOR || text.startsWith('---', at)) {
    at = skipSpace(text, at + (text[at] === '-' ? 3 : 1))
  }
  return at
}

interface Reading {
  readonly documents: SourceDocument[]
  readonly problems: SourceProblem[]
}

/** Takes the text from `start` to `end`, which is the JSON of `value`, as one more document. */
const take = (text: string, start: number, end: number, number: number, value: unknown, into: Reading): void => {
  const lineOf = (path: readonly PathStep[]): number => lineAt(text, placeOf(text, start, path))
  const repeated = findRepeatedKeys(text.slice(start, end), value)
  if (repeated.length === 0) into.documents.push({ value, number, lineOf })
  for (const path of repeated) {
    const message = 'expected each key once in an object, found it again; keep one of them'
    into.problems.push({ document: number, line: () => lineOf(path), path, message })
  }
}

const placeInMessage = (message: string): number => Number(/position (\d+)/.exec(message)?.[1] ?? 0)

const sentence = ({ message }: SyntaxError): string =>
  `not JSON: ${message.replace(/ in JSON at position.*$| \(line \d+ column \d+\)$/s, '')}`

/** Every value of a JSON text: one, or several after each other, apart by white space, `---` or the record separator. */
export const parseJsonDocuments = (text: string): SourceDocuments => {
  const read: Reading = { documents: [], problems: [] }
  const whole = parseWhole(text)
  if (whole !== undefined) {
    take(text, 0, text.length, 1, whole.value, read)
    return read
  }
  let at = skipSeparators(text, 0)
  for (let number = 1; at < text.length; number++) {
    const end = skipValue(text, at)
    try {
      take(text, at, end, number, JSON.parse(text.slice(at, Math.max(end, at + 1))), read)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const place = at + placeInMessage(error.message)
      read.problems.push({ document: number, line: () => lineAt(text, place), path: [], message: sentence(error) })
      return read
    }
    at = skipSeparators(text, end)
  }
  return read
}

// Not one JSON value means several, perhaps, or something wrong that the walk over them finds with its place.
const parseWhole = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
