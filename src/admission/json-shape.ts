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
  /** Chains of keys by a hash of their quoted bytes. */
  readonly slots: readonly (WantedKey | null)[]
}

/** One wanted key; `bit` is its own among the keys of its object, to see it twice. */
export interface WantedKey {
  readonly name: string
  /** The key as it stands in JSON, with its quotes. */
  readonly quoted: Uint8Array
  readonly bit: number
  readonly shape: CompiledShape
  /** The next key in the same slot. */
  readonly next: WantedKey | null
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
  const byName = new Map<string, WantedKey>()
  const slots: (WantedKey | null)[] = Array.from({ length: SLOTS }, () => null)
  for (const [name, inner] of Object.entries(shape)) {
    // One bit of an int32 for each key.
    if (byName.size === 32) throw new RangeError('a shape holds at most 32 keys per object')
    const quoted = new Uint8Array(Buffer.from(JSON.stringify(name), 'utf8'))
    const slot = slotOf(quoted, 0, quoted.length)
    const key = { name, quoted, bit: 1 << byName.size, shape: compileShape(inner), next: slots[slot] ?? null }
    byName.set(name, key)
    slots[slot] = key
  }
  return { kind: 'object', byName, slots }
}

const SLOTS = 128

// A hash of the first character, the last and the length: most keys that are not wanted find an empty slot.
const slotOf = (bytes: Uint8Array, start: number, end: number): number =>
  ((bytes[start + 1] as number) + 3 * (bytes[end - 2] as number) + 7 * (end - start)) & (SLOTS - 1)

/** The wanted key that stands, unescaped and with its quotes, in these bytes; null when it is not wanted. */
export const findWantedKey = (shape: ObjectShape, bytes: Uint8Array, start: number, end: number): WantedKey | null => {
  let key = shape.slots[slotOf(bytes, start, end)] as WantedKey | null
  while (key !== null && !equalsAt(key.quoted, bytes, start, end)) key = key.next
  return key
}

const equalsAt = (wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (wanted.length !== end - start) return false
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] !== bytes[start + index]) return false
  }
  return true
}
