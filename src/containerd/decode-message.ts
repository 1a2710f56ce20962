import { type ByteCursor, readText, readVarint, readVarint64, skipField, WIRE } from './byte-cursor.ts'
import { type CompiledField, type CompiledFields, compileFields, EMPTY_LIST, EMPTY_MAP } from './compile-fields.ts'
import type { MessageFields } from './message-fields.ts'

/** Says by their first field, a name or a digest, which records of a list are wanted; the others are not decoded any further. */
export type IsWanted = (key: string) => boolean

/** The fields of a message; throws a RangeError when the bytes are not a message. Absent fields have the value of proto3. */
export const decodeMessage = (bytes: Buffer, fields: MessageFields, isWanted?: IsWanted): Record<string, unknown> => {
  const cursor = { bytes, at: 0 }
  const compiled = compileFields(fields)
  const record = compiled.create()
  readFields(cursor, bytes.length, compiled, record, isWanted)
  return record
}

const readFields = (
  cursor: ByteCursor,
  end: number,
  { byNumber }: CompiledFields,
  record: Record<string, unknown>,
  isWanted?: IsWanted,
): void => {
  while (cursor.at < end) {
    const tag = readVarint(cursor)
    const field = byNumber[tag >>> 3]
    if (field === undefined) skipField(cursor, tag & 7)
    else if ((tag & 7) === WIRE.delimited) readDelimited(cursor, end, field, record, isWanted)
    else if ((tag & 7) === WIRE.varint) record[field.name] = readNumber(cursor, field)
    else throw new RangeError(`${field.name}: unexpected wire type ${tag & 7}`)
  }
  if (cursor.at !== end) throw new RangeError('a field is longer than its message')
}

const readNumber = (cursor: ByteCursor, { name, step, names }: CompiledField): unknown => {
  const text = readVarint64(cursor)
  if (step === 'int64') return text
  // A negative 32-bit number is written with 64 bits.
  const number = Number(text) | 0
  if (step === 'int32') return number
  if (step === 'bool') return number !== 0
  if (step === 'enum') return names[number] ?? number
  throw new RangeError(`${name}: expected bytes`)
}

const readDelimited = (
  cursor: ByteCursor,
  outerEnd: number,
  field: CompiledField,
  record: Record<string, unknown>,
  isWanted: IsWanted | undefined,
): void => {
  const { name, step } = field
  const length = readVarint(cursor)
  const end = cursor.at + length
  if (end > outerEnd) throw new RangeError(`${name}: longer than the message`)
  if (step === 'string') record[name] = readText(cursor, end)
  else if (step === 'map') readMapEntry(cursor, end, field.keep, record, name)
  else if (step === 'messages') readRecord(cursor, end, field, record, isWanted)
  else if (step === 'texts') listOf(record, name).push(readText(cursor, end))
  else if (step === 'bytes') record[name] = Buffer.from(cursor.bytes.subarray(cursor.at, end))
  else if (step === 'message') record[name] = readOne(cursor, end, field.fields)
  else throw new RangeError(`${name}: expected a number`)
  cursor.at = end
}

const readOne = (cursor: ByteCursor, end: number, fields: CompiledFields): Record<string, unknown> => {
  const record = fields.create()
  readFields(cursor, end, fields, record)
  return record
}

const readRecord = (
  cursor: ByteCursor,
  end: number,
  { name, fields }: CompiledField,
  record: Record<string, unknown>,
  isWanted: IsWanted | undefined,
): void => {
  if (isWanted !== undefined && !isWanted(peekKey(cursor, end))) return
  listOf(record, name).push(readOne(cursor, end, fields))
}

const listOf = (record: Record<string, unknown>, name: string): unknown[] => {
  if (record[name] === EMPTY_LIST) record[name] = []
  return record[name] as unknown[]
}

const mapOf = (record: Record<string, unknown>, name: string): Record<string, string> => {
  if (record[name] === EMPTY_MAP) record[name] = {}
  return record[name] as Record<string, string>
}

// Every encoder writes the fields in their order; '' where the first one is empty. Digests and IDs are ASCII, and whatever is not
// equals none of them.
const peekKey = (cursor: ByteCursor, end: number): string => {
  const { bytes, at } = cursor
  if (bytes[at] !== 8 + WIRE.delimited) return ''
  cursor.at = at + 1
  const length = readVarint(cursor)
  const key = bytes.toString('latin1', cursor.at, Math.min(cursor.at + length, end))
  cursor.at = at
  return key
}

// An entry is a message of key (1) and value (2), in this order from every encoder; the value of an unwanted key is never decoded.
const readMapEntry = (
  cursor: ByteCursor,
  end: number,
  keep: readonly Buffer[] | undefined,
  record: Record<string, unknown>,
  name: string,
): void => {
  let key = ''
  let value = ''
  while (cursor.at < end) {
    const tag = readVarint(cursor)
    if (tag >>> 3 > 2 || (tag & 7) !== WIRE.delimited) {
      skipField(cursor, tag & 7)
      continue
    }
    const length = readVarint(cursor)
    if (cursor.at + length > end) throw new RangeError('a map entry is longer than its field')
    if (tag >>> 3 === 2) value = readText(cursor, cursor.at + length)
    else if (keep === undefined || keep.some(prefix => beginsWith(cursor, length, prefix)))
      key = readText(cursor, cursor.at + length)
    else return
  }
  const map = mapOf(record, name)
  // A plain assignment would set the prototype instead.
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  else map[key] = value
}

const beginsWith = ({ bytes, at }: ByteCursor, length: number, prefix: Buffer): boolean => {
  if (length < prefix.length) return false
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false
  return true
}
