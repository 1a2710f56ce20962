// The parts of the protobuf wire format (protobuf.dev/programming-guides/encoding).

/** A place in bytes that are read from the front. */
export interface ByteCursor {
  readonly bytes: Buffer
  at: number
}

/** The wire types that occur. */
export const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const

/** A number that fits into a double, as tags and lengths do. */
export const readVarint = (cursor: ByteCursor): number => {
  const { bytes } = cursor
  let value = 0
  for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('the message ends within a number')
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
  throw new RangeError('a number is too large')
}

/** A 64-bit number as decimal text; nearly every one fits into a double, the others (negative ones, hashes) are read again. */
export const readVarint64 = (cursor: ByteCursor): string => {
  const start = cursor.at
  try {
    return String(readVarint(cursor))
  } catch (error) {
    if (cursor.at >= cursor.bytes.length) throw error
    cursor.at = start
    return readBigVarint(cursor)
  }
}

const readBigVarint = (cursor: ByteCursor): string => {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('the message ends within a number')
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asIntN(64, value).toString()
  }
  throw new RangeError('a number is too large')
}

/** Passes over a field of that wire type. */
export const skipField = (cursor: ByteCursor, wireType: number): void => {
  if (wireType === WIRE.varint) {
    while ((cursor.bytes[cursor.at++] ?? 0) >= 128);
  } else if (wireType === WIRE.delimited) {
    const length = readVarint(cursor)
    cursor.at += length
  } else if (wireType === WIRE.fixed64) cursor.at += 8
  else if (wireType === WIRE.fixed32) cursor.at += 4
  else throw new RangeError(`unknown wire type ${wireType}`)
}

/** The text up to the end. */
export const readText = (cursor: ByteCursor, end: number): string => {
  const text = cursor.bytes.toString('utf8', cursor.at, end)
  cursor.at = end
  return text
}
