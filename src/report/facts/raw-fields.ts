// Answers are read with care: maps in them are keyed by what image authors and users wrote, `__proto__` included, and a field of an
// unexpected type is the same as a field that is not there.

import { parseRfc3339Ms } from '../rfc3339.ts'

/** The own member of an object; undefined when there is none. */
export const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined

/** The text in a field; '' when there is none. */
export const textOf = (value: unknown, key: string): string => {
  const text = fieldOf(value, key)
  return typeof text === 'string' ? text : ''
}

/** The flag in a field; null when there is none. */
export const flagOf = (value: unknown, key: string): boolean | null => {
  const flag = fieldOf(value, key)
  return typeof flag === 'boolean' ? flag : null
}

/** The entries of a map in a field; none when there is no map. */
export const entriesOf = (value: unknown, key: string): [string, unknown][] => {
  const map = fieldOf(value, key)
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : []
}

/** An answer that is a list, or an object that holds it under the key; null when it is neither. */
export const listIn = (answer: unknown, key: string): readonly unknown[] | null => {
  const list = Array.isArray(answer) ? answer : fieldOf(answer, key)
  return Array.isArray(list) ? list : null
}

/** Milliseconds since 1970 of a google.protobuf.Timestamp as JSON in either form; null when it is not one, or not set. */
export const timestampMs = (value: unknown): number | null => {
  if (typeof value === 'string') return parseRfc3339Ms(value)
  const seconds = Number(fieldOf(value, 'seconds') ?? Number.NaN)
  if (!Number.isFinite(seconds) || seconds <= 0) return null
  const nanos = Number(fieldOf(value, 'nanos') ?? 0)
  return seconds * 1000 + Math.floor((Number.isFinite(nanos) ? nanos : 0) / 1e6)
}
