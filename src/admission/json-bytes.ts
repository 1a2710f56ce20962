// The lowest layer of the scanner: single bytes, and the search for the end of a string. All positions are byte offsets.
//
// No function here asks whether a position is past the end, which would cost a third of the speed: a JsonBytes ends in a byte
// at which every token stops (see `last`), and whoever passes over a closing brace or bracket asks `isLast` first.

/** A document under a scanner; the view reads four bytes at once without regard to alignment. */
export interface JsonBytes {
  readonly bytes: Buffer
  readonly view: DataView
  /** The offset of the last byte that counts: a closing brace, or a 0, which no rule of JSON's grammar accepts. */
  readonly last: number
}

/** A quotation mark. */
export const QUOTE = 0x22
/** A reverse solidus. */
export const BACKSLASH = 0x5c
/** A comma. */
export const COMMA = 0x2c
/** A colon. */
export const COLON = 0x3a
/** A minus sign. */
export const MINUS = 0x2d
/** A left brace. */
export const OPEN_OBJECT = 0x7b
/** A right brace. */
export const CLOSE_OBJECT = 0x7d
/** A left bracket. */
export const OPEN_ARRAY = 0x5b
/** A right bracket. */
export const CLOSE_ARRAY = 0x5d

/** The byte at a position that is known to be inside. */
export const byteAt = (bytes: Uint8Array, position: number): number => bytes[position] as number

/** The document without the white space behind it, or undefined when it does not end in a closing brace. */
export const endingInBrace = (body: Buffer): JsonBytes | undefined => {
  let last = body.length - 1
  while (last >= 0 && isWhitespace(byteAt(body, last))) last--
  return last >= 0 && byteAt(body, last) === CLOSE_OBJECT ? { bytes: body, view: viewOf(body), last } : undefined
}

/** A copy of any bytes with a 0 behind them, so that a scan stops there at the latest. */
export const endingInZero = (body: Uint8Array): JsonBytes => {
  const bytes = Buffer.concat([body, Buffer.alloc(1)])
  return { bytes, view: viewOf(bytes), last: body.length }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** The position of the first byte that is not JSON's white space (space, tab, line feed, carriage return). */
export const skipWhitespace = (bytes: Uint8Array, start: number): number =>
  // The API server sends compact JSON: one comparison, and the loop is kept out of the callers that V8 inlines this into.
  byteAt(bytes, start) > 0x20 ? start : skipRealWhitespace(bytes, start)

const skipRealWhitespace = (bytes: Uint8Array, start: number): number => {
  let position = start
  while (isWhitespace(byteAt(bytes, position))) position++
  return position
}

const isWhitespace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** True for 0 to 9. */
export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

// Four bytes a step, by the classic test "has a zero byte" (v - 0x01010101 & ~v & 0x80808080) on the word xor'ed with the byte
// looked for, and "has a byte less than n" for the control characters; the three share ~v, because xor with ASCII leaves the
// high bits as they are. A borrow makes false hits only above a true one, so the lowest hit is always true.
const HIGH_BITS = 0x80808080 | 0

/** The first quote, backslash or control character inside a string, or the last byte. */
export const findStringStop = ({ bytes, view, last }: JsonBytes, start: number): number => {
  let position = start
  while (position + 3 <= last) {
    const word = view.getInt32(position, true)
    const special = ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101) | (word - 0x20202020)
    const hits = special & ~word & HIGH_BITS
    if (hits !== 0) return position + lowestByte(hits)
    position += 4
  }
  return findStopInTail(bytes, position, last, 0x100)
}

/** The same, and it also stops at the first byte that is not ASCII. */
export const findPlainStop = ({ bytes, view, last }: JsonBytes, start: number): number => {
  let position = start
  while (position + 3 <= last) {
    const word = view.getInt32(position, true)
    const special = ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101) | (word - 0x20202020)
    const hits = (special | word) & HIGH_BITS
    if (hits !== 0) return position + lowestByte(hits)
    position += 4
  }
  return findStopInTail(bytes, position, last, 0x80)
}

const lowestByte = (hits: number): number => (31 - Math.clz32(hits & -hits)) >>> 3

const findStopInTail = (bytes: Uint8Array, start: number, last: number, limit: number): number => {
  let position = start
  while (position < last && !isStop(byteAt(bytes, position), limit)) position++
  return position
}

const isStop = (byte: number, limit: number): boolean =>
  byte === QUOTE || byte === BACKSLASH || byte < 0x20 || byte >= limit
