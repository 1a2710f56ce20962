// A shape says which parts of a JSON document are wanted: `true` is the whole value, an object lists the wanted keys, and an
// array of one shape wants that shape of every element. Where a value is not of the kind that its shape expects it is kept
// whole, so that the decoder can report the wrong type.

/** The wanted parts of a document as written down, e.g. `{ metadata: { name: true }, containers: [{ image: true }] }`. */
export type Shape = true | readonly [Shape] | { readonly [key: string]: Shape }

/** A shape prepared for look-ups, both by name and by bytes. */
export type CompiledShape = WholeShape | ArrayShape | ObjectShape

/** Wants the whole value. */
export interface WholeShape {
  readonly kind: 'whole'
}

/** Wants one shape of every element. */
export interface ArrayShape {
  readonly kind: 'array'
  readonly items: CompiledShape
}

/** Wants some keys of an object. */
export interface ObjectShape {
  readonly kind: 'object'
  readonly byName: ReadonlyMap<string, WantedKey>
  /** Keys by their length in bytes; ASCII only, any other name is found by `byName` after decoding. */
  readonly byLength: readonly (readonly WantedKey[])[]
}

/** One wanted key; `bit` is its own among the keys of its object, to see it twice. */
export interface WantedKey {
  readonly name: string
  readonly bytes: Uint8Array
  readonly bit: number
  readonly shape: CompiledShape
}

/** The shape that wants everything; one object, so that comparing by identity is enough. */
export const WHOLE: WholeShape = { kind: 'whole' }

/** Prepares a shape, once per process; an object of more than 31 wanted keys is a mistake of the programmer and throws. */
export const compileShape = (shape: Shape): CompiledShape => {
  if (shape === true) return WHOLE
  if (isArrayShape(shape)) return { kind: 'array', items: compileShape(shape[0]) }
  return compileObjectShape(shape)
}

const isArrayShape = (shape: Exclude<Shape, true>): shape is readonly [Shape] => Array.isArray(shape)

const compileObjectShape = (shape: { readonly [key: string]: Shape }): ObjectShape => {
  // One bit of an int32 per key; the sign bit is left alone.
  if (Object.keys(shape).length > 31) throw new RangeError('a shape holds at most 31 keys per object')
  const keys = Object.entries(shape).map(([name, inner], index) => ({
    name,
    bytes: new Uint8Array(Buffer.from(name, 'utf8')),
    bit: 1 << index,
    shape: compileShape(inner),
  }))
  const longest = Math.max(0, ...keys.map(key => key.bytes.length))
  const byLength = Array.from({ length: longest + 1 }, (_, length) => keys.filter(key => key.bytes.length === length))
  return { kind: 'object', byName: new Map(keys.map(key => [key.name, key])), byLength }
}

/** The wanted key that stands, unescaped, in these bytes; undefined when it is not wanted. */
export const findWantedKey = (
  shape: ObjectShape,
  bytes: Uint8Array,
  start: number,
  length: number,
): WantedKey | undefined => {
  const candidates = length < shape.byLength.length ? shape.byLength[length] : undefined
  return candidates?.find(candidate => equalsAt(candidate.bytes, bytes, start))
}

const equalsAt = (wanted: Uint8Array, bytes: Uint8Array, start: number): boolean => {
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] !== bytes[start + index]) return false
  }
  return true
}
