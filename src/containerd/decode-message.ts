// The protobuf wire format (protobuf.dev/programming-guides/encoding), reading only. Fields that a message does not have get the value
// that proto3 gives them, so that a record looks the same whoever sent it.

import type { FieldKind, MessageFields } from './message-fields.ts'

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

/** The fields of a message; throws a RangeError when the bytes are not a message. */
export const decodeMessage = (bytes: Buffer, fields: MessageFields): Record<string, unknown> =>
  decodeRange({ bytes, at: 0 }, bytes.length, fields)

interface Cursor {
  readonly bytes: Buffer
  at: number
}

const decodeRange = (cursor: Cursor, end: number, fields: MessageFields): Record<string, unknown> => {
  const record = defaultsOf(fields)
  while (cursor.at < end) {
    const tag = readVarint(cursor)
    const field = fields[tag >>> 3]
    if (field === undefined) skip(cursor, tag & 7)
    else readField(cursor, tag & 7, field, record)
  }
  if (cursor.at !== end) throw new RangeError('a field is longer than its message')
  return record
}

const readField = (
  cursor: Cursor,
  wireType: number,
  [name, kind]: MessageFields[number],
  record: Record<string, unknown>,
): void => {
  if (kind === 'int64') record[name] = readVarint64(cursor, wireType)
  else if (kind === 'int32') record[name] = readInt32(cursor, wireType)
  else if (kind === 'bool') record[name] = readInt32(cursor, wireType) !== 0
  else if (typeof kind === 'object' && 'enum' in kind) record[name] = enumValue(readInt32(cursor, wireType), kind.enum)
  else readDelimited(cursor, wireType, name, kind, record)
}

const enumValue = (number: number, names: readonly string[]): string | number => names[number] ?? number

const readDelimited = (
  cursor: Cursor,
  wireType: number,
  name: string,
  kind: Exclude<FieldKind, 'int64' | 'int32' | 'bool' | { readonly enum: readonly string[] }>,
  record: Record<string, unknown>,
): void => {
  if (wireType !== LENGTH_DELIMITED) throw new RangeError(`${name}: expected bytes`)
  const length = readVarint(cursor)
  const end = cursor.at + length
  if (end > cursor.bytes.length) throw new RangeError(`${name}: longer than the message`)
  if (kind === 'string') record[name] = readText(cursor, end)
  else if (kind === 'bytes') record[name] = Buffer.from(cursor.bytes.subarray(cursor.at, end))
  else if ('message' in kind) record[name] = decodeRange(cursor, end, kind.message)
  else if ('list' in kind) (record[name] as unknown[]).push(readItem(cursor, end, kind.list))
  else readMapEntry(cursor, end, kind.keep, record[name] as Record<string, string>)
  cursor.at = end
}

const readItem = (cursor: Cursor, end: number, kind: 'string' | { readonly message: MessageFields }): unknown =>
  kind === 'string' ? readText(cursor, end) : decodeRange(cursor, end, kind.message)

// An entry is a message of key (1) and value (2), in this order from every encoder; the value of an unwanted key is never decoded.
const readMapEntry = (
  cursor: Cursor,
  end: number,
  keep: readonly string[] | undefined,
  map: Record<string, string>,
): void => {
  let key = ''
  let value = ''
  while (cursor.at < end) {
    const tag = readVarint(cursor)
    if (tag >>> 3 > 2 || (tag & 7) !== LENGTH_DELIMITED) {
      skip(cursor, tag & 7)
      continue
    }
    const length = readVarint(cursor)
    if (cursor.at + length > end) throw new RangeError('a map entry is longer than its field')
    if (tag >>> 3 === 1) {
      key = readText(cursor, cursor.at + length)
      if (keep !== undefined && !keep.some(prefix => key.startsWith(prefix))) return
    } else value = readText(cursor, cursor.at + length)
  }
  // A plain assignment would set the prototype instead.
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  else map[key] = value
}

const readText = (cursor: Cursor, end: number): string => {
  const text = cursor.bytes.toString('utf8', cursor.at, end)
  cursor.at = end
  return text
}

const readVarint = (cursor: Cursor): number => {
  const { bytes } = cursor
  let value = 0
  for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('the message ends within a number')
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
  throw new RangeError('a number is too large')
}

// Nearly every number fits into a double; the others (negative ones, hashes) are read again as 64 bits.
const readVarint64 = (cursor: Cursor, wireType: number): string => {
  if (wireType !== VARINT) throw new RangeError('expected a number')
  const start = cursor.at
  let value = 0
  for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('the message ends within a number')
    value += (byte & 127) * scale
    if (byte < 128) return String(value)
  }
  cursor.at = start
  return readBigVarint(cursor)
}

const readBigVarint = (cursor: Cursor): string => {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('the message ends within a number')
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asIntN(64, value).toString()
  }
  throw new RangeError('a number is too large')
}

// A negative 32-bit number is written with 64 bits.
const readInt32 = (cursor: Cursor, wireType: number): number => Number(readVarint64(cursor, wireType)) | 0

const skip = (cursor: Cursor, wireType: number): void => {
  if (wireType === VARINT) {
    while ((cursor.bytes[cursor.at++] ?? 0) >= 128);
  } else if (wireType === LENGTH_DELIMITED) {
    const length = readVarint(cursor)
    cursor.at += length
  } else if (wireType === FIXED64) cursor.at += 8
  else if (wireType === FIXED32) cursor.at += 4
  else throw new RangeError(`unknown wire type ${wireType}`)
}

const defaultsOf = (fields: MessageFields): Record<string, unknown> => {
  const record: Record<string, unknown> = {}
  for (const number in fields) {
    const field = fields[number]
    if (field !== undefined) record[field[0]] = defaultOf(field[1])
  }
  return record
}

const SCALAR_DEFAULTS = { string: '', int64: '0', int32: 0, bool: false } as const

const defaultOf = (kind: FieldKind): unknown => {
  if (kind === 'bytes') return Buffer.alloc(0)
  if (typeof kind === 'string') return SCALAR_DEFAULTS[kind]
  if ('map' in kind) return {}
  if ('list' in kind) return []
  return 'enum' in kind ? (kind.enum[0] ?? 0) : null
}
