import { lineAt, placeOf } from './json-line.ts'
import { skipSpace, skipValue } from './json-scan.ts'
import type { SourceDocument, SourceDocuments } from './source-document.ts'

const RECORD_SEPARATOR = 0x1e

const skipSeparators = (text: string, from: number): number => {
  let at = skipSpace(text, from)
  while (text.charCodeAt(at) === RECORD_SEPARATOR || text.startsWith('---', at)) {
    at = skipSpace(text, at + (text[at] === '-' ? 3 : 1))
  }
  return at
}

const documentAt = (text: string, start: number, number: number, value: unknown): SourceDocument => ({
  value,
  number,
  lineOf: path => lineAt(text, placeOf(text, start, path)),
})

const placeInMessage = (message: string): number => Number(/position (\d+)/.exec(message)?.[1] ?? 0)

const sentence = (error: unknown): string =>
  `not JSON: ${(error instanceof Error ? error.message : String(error)).replace(/ in JSON at position.*$| \(line \d+ column \d+\)$/s, '')}`

/** Every value of a JSON text: one, or several after each other, apart by white space, `---` or the record separator. */
export const parseJsonDocuments = (text: string): SourceDocuments => {
  try {
    return { documents: [documentAt(text, 0, 1, JSON.parse(text))], problems: [] }
  } catch {
    // Not one JSON value; several, perhaps, or something wrong that the walk below finds with its place.
  }
  const documents: SourceDocument[] = []
  let at = skipSeparators(text, 0)
  for (let number = 1; at < text.length; number++) {
    const end = skipValue(text, at)
    try {
      documents.push(documentAt(text, at, number, JSON.parse(text.slice(at, Math.max(end, at + 1)))))
    } catch (error) {
      const message = sentence(error)
      const place = at + placeInMessage(error instanceof Error ? error.message : '')
      return { documents, problems: [{ document: number, line: lineAt(text, place), message }] }
    }
    at = skipSeparators(text, end)
  }
  return { documents, problems: [] }
}
