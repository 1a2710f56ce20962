// YAML as kubectl prints it and as manifests are written by hand, ten times as fast as the YAML library reads it: block maps
// and lists, scalars, literal blocks, and braces within one line. Everything else (anchors, tags, folded blocks, merge keys,
// directives, duplicate keys, every mistake) is given up on, and the library reads the whole text: there is one place that
// knows all of YAML and words its errors. A property test holds the two against each other.

import { readFlow, setMember } from './plain-yaml-flow.ts'
import { indentOf, isBlank, Lines, withoutSpacesAtEnd } from './plain-yaml-lines.ts'
import { giveUp, plainText, plainValue, quotedEnd, quotedValue, Unusual } from './plain-yaml-scalar.ts'
import type { PathStep } from './problem-path.ts'
import type { SourceDocument } from './source-document.ts'

/** For each block collection the lines, from 0, of its members in their order. */
type MemberLines = Map<unknown, number[]>

/** Every document of the text, or undefined when it is not as plain as that. */
export const readPlainYaml = (text: string): SourceDocument[] | undefined => {
  try {
    return readDocuments(new Lines(text))
  } catch (error) {
    if (error instanceof Unusual) return undefined
    throw error
  }
}

const readDocuments = (lines: Lines): SourceDocument[] => {
  const documents: SourceDocument[] = []
  lines.seek(0)
  // A marker with nothing before it begins the first document instead of ending one.
  if (lines.indent === -1 && lines.at < lines.all.length) lines.next()
  while (lines.indent !== -1) {
    const memberLines: MemberLines = new Map()
    const firstLine = lines.at
    const value = readBlock(lines, memberLines)
    if (lines.indent !== -1) giveUp()
    documents.push({
      value,
      number: documents.length + 1,
      lineOf: path => lineOf(value, path, memberLines, firstLine) + 1,
    })
    if (lines.at >= lines.all.length) return documents
    lines.next()
  }
  // Documents that hold nothing are counted by the library, too.
  return giveUp()
}

const lineOf = (value: unknown, path: readonly PathStep[], memberLines: MemberLines, firstLine: number): number => {
  let line = firstLine
  let collection = value
  for (const step of path) {
    const lines = memberLines.get(collection)
    const keys = Array.isArray(collection) ? [...collection.keys()] : Object.keys(collection ?? {})
    const place = (keys as PathStep[]).findIndex(key => String(key) === String(step))
    const found = place === -1 ? undefined : lines?.[place]
    if (found === undefined) return line
    line = found
    collection = (collection as Record<PathStep, unknown>)[step]
  }
  return line
}

const isItem = (content: string): boolean => content === '-' || content.startsWith('- ')

const readBlock = (lines: Lines, memberLines: MemberLines): unknown =>
  isItem(lines.content) ? readList(lines, memberLines) : readMap(lines, memberLines)

const readList = (lines: Lines, memberLines: MemberLines): unknown[] => {
  const { indent } = lines
  const list: unknown[] = []
  const itemLines: number[] = []
  memberLines.set(list, itemLines)
  while (lines.indent === indent && isItem(lines.content)) {
    itemLines.push(lines.at)
    list.push(readItem(lines, memberLines))
  }
  return lines.indent > indent ? giveUp() : list
}

const readItem = (lines: Lines, memberLines: MemberLines): unknown => {
  const { indent, content } = lines
  const width = 1 + indentOf(content.slice(1))
  if (width === content.length || content[width] === '#') {
    lines.next()
    // A dash with its value in the next line is written by nobody.
    return lines.indent > indent ? giveUp() : null
  }
  if (isItem(content.slice(width))) return giveUp()
  if (keyEnd(content, width) === -1) return readScalar(lines, width, indent)
  lines.enter(width)
  return readMap(lines, memberLines)
}

const readMap = (lines: Lines, memberLines: MemberLines): Record<string, unknown> => {
  const { indent } = lines
  const map: Record<string, unknown> = {}
  const valueLines: number[] = []
  memberLines.set(map, valueLines)
  while (lines.indent === indent) {
    // A list that is no value of this map, at the place where its next key should be.
    if (isItem(lines.content)) return giveUp()
    const line = lines.at
    const end = keyEnd(lines.content, 0)
    if (end === -1) return giveUp()
    const key = readKey(lines.content.slice(0, end))
    setMember(map, key, readMember(lines, end + 1, memberLines))
    valueLines.push(line)
  }
  return lines.indent > indent ? giveUp() : map
}

const LONGEST_KEY = 1000
// Members with such names come first in an object, whatever their order in the text.
const LIKE_AN_INDEX = /^[0-9]+$/

const readKey = (text: string): string => {
  const quoted = text[0] === '"' || text[0] === "'"
  const key: unknown = quoted ? quotedValue(text) : plainValue(text)
  if (typeof key !== 'string' || key === '<<' || LIKE_AN_INDEX.test(key) || text.length > LONGEST_KEY) return giveUp()
  return key
}

// The place of the colon behind a key that begins at `from`, -1 when there is none.
const keyEnd = (content: string, from: number): number => {
  const first = content[from]
  if (first === '{' || first === '[') return -1
  if (first === '"' || first === "'") {
    const end = quotedEnd(content, from)
    return end !== -1 && content[end] === ':' && (end + 1 === content.length || content[end + 1] === ' ') ? end : -1
  }
  const end = content.indexOf(': ', from)
  if (end !== -1) return end
  return content.endsWith(':') ? content.length - 1 : -1
}

const readMember = (lines: Lines, from: number, memberLines: MemberLines): unknown => {
  const { indent, content } = lines
  const start = from + indentOf(content.slice(from))
  if (start < content.length && content[start] !== '#') {
    const first = content[start]
    return first === '|' ? readLiteral(lines, content.slice(start), indent) : readScalar(lines, start, indent)
  }
  lines.next()
  if (lines.indent > indent) return readBlock(lines, memberLines)
  return lines.indent === indent && isItem(lines.content) ? readList(lines, memberLines) : null
}

const COMMENT = /^ +#/

const readScalar = (lines: Lines, start: number, parentIndent: number): unknown => {
  const { content } = lines
  const first = content[start]
  if (first === '"' || first === "'") return readQuoted(lines, start, parentIndent)
  if (first === '{' || first === '[') {
    const { value, end } = readFlow(content, start)
    endOfValue(lines, content.slice(end), parentIndent)
    return value
  }
  const comment = content.indexOf(' #', start)
  const text = withoutSpacesAtEnd(content.slice(start, comment === -1 ? undefined : comment))
  return comment === -1 ? plainValue(readContinued(lines, text, parentIndent)) : endedPlain(lines, text, parentIndent)
}

const endedPlain = (lines: Lines, text: string, parentIndent: number): unknown => {
  endOfValue(lines, '', parentIndent)
  return plainValue(text)
}

// Nothing but a comment may follow, and no deeper line.
const endOfValue = (lines: Lines, rest: string, parentIndent: number): void => {
  if (rest !== '' && !COMMENT.test(rest)) giveUp()
  lines.next()
  if (lines.indent > parentIndent) giveUp()
}

// An unquoted scalar goes on in deeper lines, each a space apart; blank lines and comments between them are unusual.
const readContinued = (lines: Lines, first: string, parentIndent: number): string => {
  let text = first
  let last = lines.at
  lines.next()
  while (lines.indent > parentIndent) {
    if (lines.at !== last + 1) giveUp()
    text = `${plainText(text)} ${plainContinuation(lines.content)}`
    last = lines.at
    lines.next()
  }
  return text
}

const plainContinuation = (content: string): string => {
  if (content.endsWith(':') || content.includes(': ') || content.includes(' #') || content.includes('\t')) giveUp()
  return content
}

const ESCAPED_BREAK = /(?:^|[^\\])(?:\\\\)*\\$/

const readQuoted = (lines: Lines, start: number, parentIndent: number): string => {
  let text = lines.content.slice(start)
  let end = quotedEnd(text, 0)
  while (end === -1) {
    const last = lines.at
    lines.next()
    if (lines.at !== last + 1 || lines.indent <= parentIndent || text.includes('\t')) giveUp()
    text = text[0] === '"' && ESCAPED_BREAK.test(text) ? text.slice(0, -1) + lines.content : `${text} ${lines.content}`
    end = quotedEnd(text, 0)
  }
  const rest = text.slice(end)
  const value = quotedValue(text.slice(0, end))
  endOfValue(lines, rest, parentIndent)
  return value
}

// `|` keeps one line break at the end, `|-` none; indentation indicators and `|+` are unusual.
const readLiteral = (lines: Lines, header: string, parentIndent: number): string => {
  if (header !== '|' && header !== '|-') giveUp()
  const first = lines.at + 1
  const blockIndent = indentOf(lines.all[first] ?? '')
  if (isBlank(lines.all[first] ?? '') || blockIndent <= Math.max(parentIndent, 0)) giveUp()
  let after = first
  while (after < lines.all.length && isOfBlock(lines.all[after] ?? '', blockIndent)) after++
  const block = lines.all.slice(first, after).map(line => line.slice(blockIndent))
  while (block.at(-1) === '') block.pop()
  lines.seek(after)
  if (lines.indent > parentIndent) giveUp()
  return block.join('\n') + (header === '|' ? '\n' : '')
}

const isOfBlock = (line: string, blockIndent: number): boolean => indentOf(line) >= blockIndent || isBlank(line)
