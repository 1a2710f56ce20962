// Passes over values without building them, and accepts exactly the grammar of JSON.parse. Every function takes the position
// where its token starts and returns the position after it, or, when the bytes are not JSON, ~offset of the offending byte:
// one number instead of an object, because this is the hot loop of every review.
//
// Bytes of 0x80 and more are accepted anywhere in a string and nowhere else: decoding turns whatever is not UTF-8 into U+FFFD,
// never into a character that ends a string.

import {
  BACKSLASH,
  byteAt,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  findStringStop,
  isDigit,
  type JsonBytes,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipWhitespace,
} from './json-bytes.ts'

/** How many objects and arrays may be open at once; Kubernetes' own types need fewer than 40, and a limit bounds recursion. */
export const MAX_DEPTH = 1000

/** Passes over the rest of a string; `start` is anywhere behind its opening quote where a character begins. */
export const skipString = (json: JsonBytes, start: number): number => {
  const stop = findStringStop(json, start)
  return byteAt(json.bytes, stop) === QUOTE ? stop + 1 : skipStringFromStop(json, stop)
}

const skipStringFromStop = (json: JsonBytes, stop: number): number => {
  let position = stop
  while (byteAt(json.bytes, position) === BACKSLASH) {
    position = skipEscape(json.bytes, position)
    if (position < 0) return position
    position = findStringStop(json, position)
  }
  return byteAt(json.bytes, position) === QUOTE ? position + 1 : ~position
}

const skipEscape = (bytes: Uint8Array, start: number): number => {
  const byte = byteAt(bytes, start + 1)
  if (byte !== 0x75) return SIMPLE_ESCAPES[byte] === 1 ? start + 2 : ~(start + 1)
  for (let position = start + 2; position < start + 6; position++) {
    if (!isHexDigit(byteAt(bytes, position))) return ~position
  }
  return start + 6
}

const SIMPLE_ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

const isHexDigit = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** Passes over a number: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
export const skipNumber = (bytes: Uint8Array, start: number): number => {
  const first = byteAt(bytes, start) === MINUS ? start + 1 : start
  let position = byteAt(bytes, first) === 0x30 ? first + 1 : skipDigits(bytes, first)
  if (position >= 0 && byteAt(bytes, position) === 0x2e) position = skipDigits(bytes, position + 1)
  if (position >= 0 && (byteAt(bytes, position) | 0x20) === 0x65) position = skipExponent(bytes, position + 1)
  return position
}

const skipExponent = (bytes: Uint8Array, start: number): number => {
  const sign = byteAt(bytes, start)
  return skipDigits(bytes, sign === 0x2b || sign === MINUS ? start + 1 : start)
}

const skipDigits = (bytes: Uint8Array, start: number): number => {
  let position = start
  while (isDigit(byteAt(bytes, position))) position++
  return position === start ? ~position : position
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

/** Passes over true, false or null. */
export const skipLiteral = (bytes: Uint8Array, start: number): number => {
  const first = byteAt(bytes, start)
  if (first === 0x74) return skipWord(bytes, start, TRUE)
  return skipWord(bytes, start, first === 0x66 ? FALSE : NULL)
}

const skipWord = (bytes: Uint8Array, start: number, word: Uint8Array): number => {
  for (let index = 0; index < word.length; index++) {
    if (byteAt(bytes, start + index) !== byteAt(word, index)) return ~(start + index)
  }
  return start + word.length
}

/** Passes over a number, true, false or null. */
export const skipNumberOrLiteral = (bytes: Uint8Array, start: number): number => {
  const first = byteAt(bytes, start)
  return isDigit(first) || first === MINUS ? skipNumber(bytes, start) : skipLiteral(bytes, start)
}

/** Passes over one value of any kind; `depth` is the number of objects and arrays that are open around it. */
export const skipValue = (json: JsonBytes, start: number, depth: number): number => {
  open = depth
  let position = start
  do {
    position = descend(json, position)
    if (position >= 0) position = ascend(json, position, depth)
  } while (position >= 0 && open > depth)
  return position
}

// How many objects and arrays are open, and the closing byte that each of them waits for. Kept here and not on the call stack:
// recursion takes nearly twice the time. skipValue sets what it uses and never calls itself, so calls cannot disturb each other.
let open = 0
const closers = new Uint8Array(MAX_DEPTH + 1)

/** Opens whatever opens here, then passes over the first scalar, or stands still at the end of the first empty container. */
const descend = (json: JsonBytes, start: number): number => {
  const { bytes } = json
  let position = start
  for (;;) {
    const first = byteAt(bytes, position)
    if (first === QUOTE) return skipString(json, position + 1)
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return skipNumberOrLiteral(bytes, position)
    if (open === MAX_DEPTH) return ~position
    // In ASCII the closing brace and bracket stand two behind the opening ones.
    closers[++open] = first + 2
    position = skipWhitespace(bytes, position + 1)
    if (byteAt(bytes, position) === first + 2) return position
    if (first === OPEN_OBJECT) position = skipKey(json, position)
    if (position < 0) return position
  }
}

/** Closes whatever closes here, then passes over a comma and a key to the next value, unless all that skipValue opened is closed. */
const ascend = (json: JsonBytes, start: number, depth: number): number => {
  const { bytes } = json
  let position = start
  while (open > depth) {
    position = skipWhitespace(bytes, position)
    if (byteAt(bytes, position) !== closers[open]) return skipComma(json, position)
    position = skipClose(json, position, open--)
    if (position < 0) return position
  }
  return position
}

const skipComma = (json: JsonBytes, position: number): number => {
  if (byteAt(json.bytes, position) !== COMMA) return ~position
  const next = skipWhitespace(json.bytes, position + 1)
  return closers[open] === CLOSE_OBJECT ? skipKey(json, next) : next
}

const skipKey = (json: JsonBytes, start: number): number => {
  if (byteAt(json.bytes, start) !== QUOTE) return ~start
  const end = skipString(json, start + 1)
  return end < 0 ? end : skipColon(json.bytes, end)
}

/** Passes over white space, a colon and white space, to where a member's value begins. */
export const skipColon = (bytes: Uint8Array, start: number): number => {
  const position = skipWhitespace(bytes, start)
  return byteAt(bytes, position) === COLON ? skipWhitespace(bytes, position + 1) : ~position
}

/** Passes over a closing brace or bracket at that depth; one on the very last byte can only close the outermost object. */
export const skipClose = (json: JsonBytes, position: number, depth: number): number =>
  position === json.last && depth > 1 ? ~(position + 1) : position + 1
