import type { FieldKind, MessageFields } from './message-fields.ts'

const LENGTH_DELIMITED = 2

/** The bytes of a message; fields that are undefined, null or empty are left out, as proto3 does. */
export const encodeMessage = (value: Readonly<Record<string, unknown>>, fields: MessageFields): Buffer =>
  Buffer.concat(
    Object.entries(fields).flatMap(([number, [name, kind]]) => {
      const field = value[name]
      return field === undefined || field === null ? [] : encodeField(Number(number), kind, field)
    }),
  )

const encodeField = (number: number, kind: FieldKind, value: unknown): Buffer[] => {
  if (kind === 'string') return value === '' ? [] : [delimited(number, Buffer.from(String(value)))]
  if (kind === 'bytes') return [delimited(number, value as Buffer)]
  if (kind === 'int64' || kind === 'int32') return [numbered(number, BigInt(value as string))]
  if (kind === 'bool') return value === true ? [numbered(number, 1n)] : []
  if ('enum' in kind) return [numbered(number, BigInt(Math.max(0, kind.enum.indexOf(String(value)))))]
  if ('message' in kind) return [delimited(number, encodeMessage(value as Record<string, unknown>, kind.message))]
  if ('map' in kind) return Object.entries(value as Record<string, string>).map(entry => mapEntry(number, entry))
  return (value as unknown[]).map(item => delimited(number, encodeItem(kind.list, item)))
}

const encodeItem = (kind: 'string' | { readonly message: MessageFields }, item: unknown): Buffer =>
  kind === 'string' ? Buffer.from(String(item)) : encodeMessage(item as Record<string, unknown>, kind.message)

const mapEntry = (number: number, [key, value]: [string, string]): Buffer =>
  delimited(number, Buffer.concat([delimited(1, Buffer.from(key)), delimited(2, Buffer.from(value))]))

const delimited = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(BigInt(number * 8 + LENGTH_DELIMITED)), varint(BigInt(bytes.length)), bytes])

const numbered = (number: number, value: bigint): Buffer => Buffer.concat([varint(BigInt(number * 8)), varint(value)])

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
