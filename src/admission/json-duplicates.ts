// Finds keys that occur twice in one object, on or under the wanted paths: another parser may see the other value, and what
// was judged must be what is run. Elsewhere they cannot matter. Works on text that JSON.parse has accepted and that is not
// nested too deep, and compares decoded names: "\u006eodeName" is nodeName.

import type { JsonPath } from './json-path.ts'
import { type CompiledShape, WHOLE } from './json-shape.ts'

/** Calls back with the path of every further occurrence of a key, in the order of the text; the path is only lent. */
export const visitDuplicateKeys = (text: string, shape: CompiledShape, visit: (path: JsonPath) => void): void => {
  walkValue({ text, position: 0, path: [], visit }, shape)
}

interface Walk {
  readonly text: string
  position: number
  readonly path: (string | number)[]
  readonly visit: (path: JsonPath) => void
}

/** `ignored` stands for a value whose keys do not matter. */
type Interest = CompiledShape | 'ignored'

const walkValue = (walk: Walk, interest: Interest): void => {
  const first = peek(walk)
  if (first === '{') walkObject(walk, interestInContainer(interest, 'object'))
  else if (first === '[') walkArray(walk, interestInContainer(interest, 'array'))
  else if (first === '"') skipText(walk)
  else while (walk.position < walk.text.length && !',]}'.includes(peek(walk))) walk.position++
}

// A value that is not of the kind that the shape expects is kept whole, so all of it matters.
const interestInContainer = (interest: Interest, kind: 'object' | 'array'): Interest =>
  interest === 'ignored' || interest.kind === kind ? interest : WHOLE

const walkObject = (walk: Walk, interest: Interest): void => {
  const seen = new Set<string>()
  walk.position++
  while (peek(walk) !== '}') {
    const literal = skipText(walk)
    const key = interest === 'ignored' ? '' : JSON.parse(literal)
    const inner = interestInMember(interest, key)
    walk.path.push(key)
    if (inner !== 'ignored' && seen.has(key)) walk.visit(walk.path)
    seen.add(key)
    peek(walk)
    walk.position++
    walkValue(walk, inner)
    walk.path.pop()
    if (peek(walk) === ',') walk.position++
  }
  walk.position++
}

const interestInMember = (interest: Interest, key: string): Interest => {
  if (interest === 'ignored' || interest.kind === 'whole') return interest
  return (interest.kind === 'object' && interest.byName.get(key)?.shape) || 'ignored'
}

const walkArray = (walk: Walk, interest: Interest): void => {
  const inner = interest !== 'ignored' && interest.kind === 'array' ? interest.items : interest
  walk.position++
  for (let index = 0; peek(walk) !== ']'; index++) {
    walk.path.push(index)
    walkValue(walk, inner)
    walk.path.pop()
    if (peek(walk) === ',') walk.position++
  }
  walk.position++
}

/** Passes over a string and returns it as it stands in the text, with its quotes. */
const skipText = (walk: Walk): string => {
  const start = walk.position
  let end = start + 1
  while (walk.text[end] !== '"') end += walk.text[end] === '\\' ? 2 : 1
  walk.position = end + 1
  return walk.text.slice(start, end + 1)
}

/** The next character that is not white space; the walk stands on it afterwards. */
const peek = (walk: Walk): string => {
  while (' \n\r\t'.includes(walk.text.charAt(walk.position)) && walk.position < walk.text.length) walk.position++
  return walk.text.charAt(walk.position)
}
