// A configuration file from text to value: YAML (JSON is YAML too), then the JSON Schema, then what a schema cannot say.
// Everything wrong is reported at once, each with file, line and path, in the order of the lines.
import { type Document, isScalar, LineCounter, parseAllDocuments, type YAMLError } from 'yaml'
import type { Parsed, Problem } from '../errors.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { completeConfiguration } from './complete-configuration.ts'
import type { ConfigurationDocument } from './configuration-document.ts'
import { isConfigurationDocument } from './configuration-schema.ts'
import { findLine, findSource, formatSegments, type Segments } from './document-lines.ts'
import { toSchemaProblem } from './schema-problem.ts'

interface FoundProblem extends Problem {
  readonly line: number
}

/** The configuration in the text of the file at `path`, with defaults filled in, or every problem in it. */
export const parseGuardConfiguration = (text: string, path: string): Parsed<GuardConfiguration> => {
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false })
  // A file may begin or end with --- and nothing behind it.
  const [document, second] = 'empty' in documents ? [] : documents.filter(({ contents }) => !isNothing(contents))
  if (document === undefined) return refuse([atLine(path, 1, EMPTY)])
  if (second !== undefined) {
    const { line } = lineCounter.linePos(second.range[0])
    return refuse([atLine(path, line, 'expected one document; found another one after ---')])
  }
  const written = [...document.errors, ...document.warnings]
  const problems = written.map(error => describeYAMLError(error, path, text, lineCounter))
  // After any other error the rest of the document is a guess, and problems found in it would be guesses too.
  if (written.some(({ code }) => code !== 'DUPLICATE_KEY')) return refuse(problems)
  return validate(document, path, lineCounter, problems)
}

const EMPTY = 'expected a GuardConfiguration; found nothing'

const isNothing = (contents: unknown): boolean => contents === null || (isScalar(contents) && contents.value === null)

const validate = (
  document: Document.Parsed,
  path: string,
  lineCounter: LineCounter,
  earlier: readonly FoundProblem[],
): Parsed<GuardConfiguration> => {
  const value = toValue(document)
  if (value instanceof Error) return refuse([atLine(path, 1, value.message)])
  const at = (segments: Segments, message: string): FoundProblem => {
    const line = findLine(document, lineCounter, segments)
    const field = formatSegments(segments)
    return { path: field === '' ? `${path}:${line}` : `${path}:${line}: ${field}`, message, line }
  }
  if (!isConfigurationDocument(value)) {
    const found = (isConfigurationDocument.errors ?? [])
      .map(error => toSchemaProblem(error, value, segments => findSource(document, segments)))
      .filter(problem => problem !== null)
      .map(({ segments, message }) => at(segments, message))
    return refuse([...earlier, ...found])
  }
  const repeated = findRepeatedPools(value).map(({ segments, message }) => at(segments, message))
  if (earlier.length + repeated.length > 0) return refuse([...earlier, ...repeated])
  return { ok: true, value: completeConfiguration(value) }
}

const toValue = (document: Document.Parsed): unknown => {
  try {
    return document.toJS()
  } catch (error) {
    // An alias without an anchor, or more aliases than anybody writes by hand.
    if (error instanceof ReferenceError) return error
    throw error
  }
}

const findRepeatedPools = ({ pools }: ConfigurationDocument): { segments: Segments; message: string }[] => {
  const names = (pools ?? []).map(({ name }) => name)
  return names.flatMap((name, index) => {
    const first = names.indexOf(name)
    if (first === index) return []
    return [
      { segments: ['pools', index, 'name'], message: `expected each name once; pools[${first}] is "${name}" too` },
    ]
  })
}

const describeYAMLError = (error: YAMLError, path: string, text: string, lineCounter: LineCounter): FoundProblem => {
  const { line } = lineCounter.linePos(error.pos[0])
  if (error.code !== 'DUPLICATE_KEY') return atLine(path, line, error.message)
  const [key = ''] = /^[^:\s]+/.exec(text.slice(error.pos[0])) ?? []
  return atLine(path, line, `duplicate key ${key}; keep one of them`)
}

const atLine = (path: string, line: number, message: string): FoundProblem => ({
  path: `${path}:${line}`,
  message,
  line,
})

const refuse = (found: readonly FoundProblem[]): { ok: false; problems: Problem[] } => {
  const problems = [...found].sort((one, other) => one.line - other.line)
  const unique = new Map(problems.map(({ path, message }) => [`${path}: ${message}`, { path, message }]))
  return { ok: false, problems: [...unique.values()] }
}
