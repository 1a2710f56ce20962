// A sweep decodes thousands of records of a dozen kinds, so what can be worked out about a kind is worked out once.

import type { FieldKind, MessageFields } from './message-fields.ts'

/** What to do with the bytes of a field. */
export type FieldStep =
  | 'string'
  | 'int64'
  | 'int32'
  | 'bool'
  | 'bytes'
  | 'enum'
  | 'message'
  | 'map'
  | 'texts'
  | 'messages'

/** A field, ready to be read. */
export interface CompiledField {
  readonly name: string
  readonly step: FieldStep
  /** Of a message, or of the items of a list of messages. */
  readonly fields: CompiledFields
  readonly names: readonly string[]
  /** What the keys of a map must begin with, one of them; undefined for all keys. */
  readonly keep: readonly Buffer[] | undefined
}

/** A message, ready to be read. */
export interface CompiledFields {
  readonly byNumber: readonly (CompiledField | undefined)[]
  /** A record with the values that proto3 gives to absent fields. */
  create(): Record<string, unknown>
}

const cache = new WeakMap<MessageFields, CompiledFields>()

/** The fields of a message, ready to be read. */
export const compileFields = (fields: MessageFields): CompiledFields => {
  const known = cache.get(fields)
  if (known !== undefined) return known
  const entries = Object.entries(fields)
  const byNumber: (CompiledField | undefined)[] = []
  for (const [number, [name, kind]] of entries) byNumber[Number(number)] = compileField(name, kind)
  const compiled = { byNumber, create: createDefaults(entries.map(([, field]) => field)) }
  cache.set(fields, compiled)
  return compiled
}

const NOTHING: CompiledFields = { byNumber: [], create: () => ({}) }

const compileField = (name: string, kind: FieldKind): CompiledField => {
  const field = { name, fields: NOTHING, names: [], keep: undefined }
  if (typeof kind === 'string') return { ...field, step: kind }
  if ('enum' in kind) return { ...field, step: 'enum', names: kind.enum }
  if ('map' in kind) return { ...field, step: 'map', keep: kind.keep?.map(prefix => Buffer.from(prefix)) }
  if ('message' in kind) return { ...field, step: 'message', fields: compileFields(kind.message) }
  if (kind.list === 'string') return { ...field, step: 'texts' }
  return { ...field, step: 'messages', fields: compileFields(kind.list.message) }
}

const SCALAR_DEFAULTS = { string: '', int64: '0', int32: 0, bool: false, bytes: Buffer.alloc(0) } as const

/** Stands for a map and a list without anything in them: most records have some. Whoever puts something in makes a new one. */
export const EMPTY_MAP: Readonly<Record<string, string>> = Object.freeze({})

/** The same for a list. */
export const EMPTY_LIST: readonly never[] = Object.freeze([])

const createDefaults = (fields: readonly MessageFields[number][]): (() => Record<string, unknown>) => {
  const template = Object.fromEntries(fields.map(([name, kind]) => [name, defaultOf(kind)]))
  return () => ({ ...template })
}

const defaultOf = (kind: FieldKind): unknown => {
  if (typeof kind === 'string') return SCALAR_DEFAULTS[kind]
  if ('map' in kind) return EMPTY_MAP
  if ('list' in kind) return EMPTY_LIST
  return 'enum' in kind ? (kind.enum[0] ?? 0) : null
}
