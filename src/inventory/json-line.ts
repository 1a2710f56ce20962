import { skipSpace, skipString, skipValue } from './json-scan.ts'
import type { PathStep } from './problem-path.ts'

/** The line, counted from 1, that a place in the text is on. */
export const lineAt = (text: string, place: number): number => {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < place; at = text.indexOf('\n', at + 1)) line++
  return line
}

const memberValue = (text: string, open: number, name: string): number => {
  let found = -1
  let at = skipSpace(text, open + 1)
  while (at < text.length && text[at] === '"') {
    const end = skipString(text, at)
    const value = skipSpace(text, skipSpace(text, end) + 1)
    // The last of two members with one name is the one that JSON.parse keeps.
    if (JSON.parse(text.slice(at, end)) === name) found = value
    at = skipSpace(text, skipValue(text, value))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return found
}

const elementValue = (text: string, open: number, place: number): number => {
  let at = skipSpace(text, open + 1)
  for (let index = 0; at < text.length && text[at] !== ']'; index++) {
    if (index === place) return at
    at = skipSpace(text, skipValue(text, at))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return -1
}

/** Where the value at the path opens in a JSON text that JSON.parse accepts, or the nearest one around it that is there. */
export const placeOf = (text: string, start: number, path: readonly PathStep[]): number => {
  let at = skipSpace(text, start)
  for (const step of path) {
    const next =
      text[at] === '{'
        ? memberValue(text, at, String(step))
        : text[at] === '['
          ? elementValue(text, at, Number(step))
          : -1
    if (next === -1) return at
    at = next
  }
  return at
}
