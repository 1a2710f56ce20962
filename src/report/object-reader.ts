import type { Problem } from '../errors.ts'

/** Reads one JSON object field by field; a wrong type is noted as a problem with its path, null and absent are the same. */
export interface ObjectReader {
  /** True when the field is there and not null. */
  has(key: string): boolean
  /** The text, '' when absent. */
  string(key: string): string
  /** The flag, null when absent. */
  boolean(key: string): boolean | null
  /** A whole number of 0 or more, null when absent. */
  count(key: string): number | null
  /** One of a closed set of words, `absent` when absent. */
  oneOf<Word extends string>(key: string, words: readonly Word[], absent: Word): Word
  /** The object at the field; a reader of nothing when absent. */
  object(key: string): ObjectReader
  /** Every item of a list of objects, null when absent. */
  objects<Item>(key: string, readItem: (item: ObjectReader) => Item): Item[] | null
  /** A list of texts, null when absent. */
  strings(key: string): string[] | null
  /** A map whose values are texts, null when absent. */
  stringMap(key: string): Readonly<Record<string, string>> | null
  /** A map whose values are whole numbers of 0 or more, null when absent. */
  countMap(key: string): Readonly<Record<string, number>> | null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isString = (value: unknown): value is string => typeof value === 'string'

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const found = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

// A label's key may hold dots and slashes, which would read like a path of its own.
const pathTo = (parent: string, key: string): string => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

/** A reader of the value, which should be an object; problems are added to the given list, and reading goes on after each. */
export const createObjectReader = (value: unknown, path: string, problems: Problem[]): ObjectReader => {
  const note = (at: string, expected: string, actual: unknown): void => {
    problems.push({ path: at, message: `expected ${expected}; found ${found(actual)}` })
  }
  if (value !== undefined && !isObject(value)) note(path, 'an object', value)
  const fields = isObject(value) ? value : {}

  const at = (key: string): unknown => (Object.hasOwn(fields, key) ? (fields[key] ?? undefined) : undefined)

  const read = <Value>(key: string, is: (candidate: unknown) => candidate is Value, expected: string): Value | null => {
    const candidate = at(key)
    if (candidate === undefined) return null
    if (is(candidate)) return candidate
    note(pathTo(path, key), expected, candidate)
    return null
  }

  const items = (key: string): unknown[] | null => read(key, Array.isArray, 'a list')

  const map = <Value>(
    key: string,
    is: (candidate: unknown) => candidate is Value,
    expected: string,
  ): Record<string, Value> | null => {
    const entries = read(key, isObject, 'an object')
    if (entries === null) return null
    // Nearly always nothing is wrong, and a Node has dozens of labels.
    if (Object.values(entries).every(is)) return entries as Record<string, Value>
    const bad = Object.entries(entries).filter(([, candidate]) => !is(candidate))
    for (const [name, candidate] of bad) note(pathTo(pathTo(path, key), name), expected, candidate)
    return {}
  }

  return {
    has: key => at(key) !== undefined,
    string: key => read(key, isString, 'a string') ?? '',
    boolean: key => read(key, isBoolean, 'true or false'),
    count: key => read(key, isCount, 'a whole number of 0 or more'),
    oneOf: (key, words, absent) => {
      const isWord = (candidate: unknown): candidate is typeof absent => words.some(word => word === candidate)
      return read(key, isWord, `one of ${words.join(', ')}`) ?? absent
    },
    object: key => createObjectReader(at(key), pathTo(path, key), problems),
    objects: (key, readItem) =>
      items(key)?.map((item, i) => readItem(createObjectReader(item, `${pathTo(path, key)}[${i}]`, problems))) ?? null,
    strings: key => {
      const texts = items(key)
      texts?.forEach((item, i) => {
        if (!isString(item)) note(`${pathTo(path, key)}[${i}]`, 'a string', item)
      })
      return texts?.filter(isString) ?? null
    },
    stringMap: key => map(key, isString, 'a string'),
    countMap: key => map(key, isCount, 'a whole number of 0 or more'),
  }
}
