import { findTooDeep } from '../admission/json-depth.ts'
import { visitDuplicateKeys } from '../admission/json-duplicates.ts'
import { WHOLE } from '../admission/json-shape.ts'
import { MAX_DEPTH } from '../admission/json-skip.ts'
import { skipSpace, skipString } from './json-scan.ts'
import type { PathStep } from './problem-path.ts'

/** The path of every key given again in one object of a JSON text; `value` is what JSON.parse made of the text. */
export const findRepeatedKeys = (text: string, value: unknown): (readonly PathStep[])[] => {
  // JSON.parse keeps one member of each name: counting costs a fraction of what comparing names does.
  if (countKeysIn(text) === countKeysOf(value)) return []
  // Where it would be too deep to walk there, the document as a whole is what has the key.
  if (findTooDeep(Buffer.from(text), MAX_DEPTH) >= 0) return [[]]
  const paths: (readonly PathStep[])[] = []
  visitDuplicateKeys(text, WHOLE, path => paths.push([...path]))
  return paths
}

const COLON = 0x3a

// A string with a colon behind it is a key.
const countKeysIn = (text: string): number => {
  let count = 0
  let at = text.indexOf('"')
  while (at !== -1) {
    const end = skipString(text, at)
    if (text.charCodeAt(skipSpace(text, end)) === COLON) count++
    at = text.indexOf('"', end)
  }
  return count
}

const countKeysOf = (value: unknown): number => {
  let count = 0
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    const members = Array.isArray(next) ? next : Object.values(next)
    if (members !== next) count += members.length
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member)
  }
  return count
}
