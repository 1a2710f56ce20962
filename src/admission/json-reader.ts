// Builds values while it scans. A reader stands at `position`; after a failure the position is negative, whatever was returned
// means nothing, and nobody may read on.

import {
  byteAt,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  findPlainStop,
  isDigit,
  type JsonBytes,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipWhitespace,
} from './json-bytes.ts'
import { MAX_DEPTH, skipClose, skipColon, skipLiteral, skipNumber, skipString, skipValue } from './json-skip.ts'

/** A scan that builds. */
export interface JsonReader extends JsonBytes {
  position: number
  /** The whole body, one character a byte, for bodies small enough that cutting strings out of one text is the fastest; else ''. */
  readonly latin1: string
  /** True when what is read outlives the body. */
  readonly keep: boolean
}

// A copy of the whole body costs less than some thirty calls into C++ up to about this size, and no more than it is worth.
const MAX_LATIN1_BYTES = 65_536

/**
 * Starts at the first byte that is not white space. With `keep` every text is a copy of its own: one that is cut out of the
 * whole would keep the whole in memory for as long as it lives.
 */
export const createJsonReader = (json: JsonBytes, keep = false): JsonReader => ({
  bytes: json.bytes,
  view: json.view,
  last: json.last,
  position: skipWhitespace(json.bytes, 0),
  latin1: !keep && json.last < MAX_LATIN1_BYTES ? json.bytes.toString('latin1', 0, json.last + 1) : '',
  keep,
})

/** Marks the reader as failed. */
export const fail = (reader: JsonReader): null => {
  reader.position = -1
  return null
}

/** The ASCII text between two positions. */
export const readAscii = ({ latin1, bytes }: JsonReader, start: number, end: number): string =>
  latin1 === '' ? bytes.toString('latin1', start, end) : latin1.slice(start, end)

/** Reads the string whose opening quote stands here. */
export const readString = (reader: JsonReader): string => {
  const start = reader.position + 1
  const stop = findPlainStop(reader, start)
  if (byteAt(reader.bytes, stop) !== QUOTE) return readDecodedString(reader, stop)
  reader.position = stop + 1
  return readAscii(reader, start, stop)
}

const readDecodedString = (reader: JsonReader, stop: number): string => {
  const start = reader.position
  reader.position = skipString(reader, stop)
  return reader.position < 0 ? '' : decodeString(reader, start, reader.position)
}

/** Decodes a valid string that stands, with its quotes, between two positions. */
export const decodeString = (reader: JsonReader, start: number, end: number): string =>
  // A string is bounded by ASCII, so invalid UTF-8 decodes the same here as in the whole text.
  JSON.parse(reader.bytes.toString('utf8', start, end))

/** Reads any value, whole; `depth` is the number of objects and arrays that are open around it. */
export const readValue = (reader: JsonReader, depth: number): unknown => {
  const first = byteAt(reader.bytes, reader.position)
  if (first === QUOTE) return readString(reader)
  if (first === OPEN_OBJECT) return depth < MAX_DEPTH ? readObject(reader, depth + 1) : fail(reader)
  if (first === OPEN_ARRAY) return depth < MAX_DEPTH ? readArray(reader, depth + 1) : fail(reader)
  return first === MINUS || isDigit(first) ? readNumber(reader) : readLiteral(reader)
}

/** Reads a whole object or array natively, which takes a fraction of the time but does not see a key that occurs twice. */
export const readParsed = (reader: JsonReader, depth: number): unknown => {
  const start = reader.position
  reader.position = skipValue(reader, start, depth)
  return reader.position < 0 ? null : JSON.parse(reader.bytes.toString('utf8', start, reader.position))
}

const readNumber = (reader: JsonReader): number | undefined => {
  const start = reader.position
  reader.position = skipNumber(reader.bytes, start)
  return reader.position < 0 ? undefined : Number(readAscii(reader, start, reader.position))
}

const readLiteral = (reader: JsonReader): boolean | null => {
  const first = byteAt(reader.bytes, reader.position)
  reader.position = skipLiteral(reader.bytes, reader.position)
  return first === 0x6e ? null : first === 0x74
}

const readArray = (reader: JsonReader, depth: number): unknown[] => {
  const items: unknown[] = []
  let more = enter(reader, CLOSE_ARRAY, depth)
  while (more) {
    items.push(readValue(reader, depth))
    more = advance(reader, CLOSE_ARRAY, depth)
  }
  return items
}

const readObject = (reader: JsonReader, depth: number): Record<string, unknown> => {
  const object: Record<string, unknown> = {}
  let more = enter(reader, CLOSE_OBJECT, depth)
  while (more) {
    readMember(reader, object, depth)
    more = advance(reader, CLOSE_OBJECT, depth)
  }
  return object
}

const readMember = (reader: JsonReader, object: Record<string, unknown>, depth: number): void => {
  const key = readKey(reader)
  if (reader.position < 0) return
  if (Object.hasOwn(object, key)) fail(reader)
  else if (key === '__proto__') defineOwn(object, key, readValue(reader, depth))
  else object[key] = readValue(reader, depth)
}

const readKey = (reader: JsonReader): string => {
  if (byteAt(reader.bytes, reader.position) !== QUOTE) fail(reader)
  const key = reader.position < 0 ? '' : readString(reader)
  if (reader.position >= 0) reader.position = skipColon(reader.bytes, reader.position)
  return key
}

// Assigning to __proto__ would change the object's prototype; JSON.parse makes it a member like any other.
const defineOwn = (object: Record<string, unknown>, key: string, value: unknown): void => {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Passes over an opening brace or bracket; true when a member follows, false when it closes at once or the scan failed. */
export const enter = (reader: JsonReader, closer: number, depth: number): boolean => {
  reader.position = skipWhitespace(reader.bytes, reader.position + 1)
  if (byteAt(reader.bytes, reader.position) !== closer) return true
  reader.position = skipClose(reader, reader.position, depth)
  return false
}

/** Passes over a comma, or the closing brace or bracket; true when another member follows. */
export const advance = (reader: JsonReader, closer: number, depth: number): boolean => {
  if (reader.position < 0) return false
  const position = skipWhitespace(reader.bytes, reader.position)
  const byte = byteAt(reader.bytes, position)
  if (byte === COMMA) reader.position = skipWhitespace(reader.bytes, position + 1)
  else if (byte === closer) reader.position = skipClose(reader, position, depth)
  else fail(reader)
  return byte === COMMA
}
