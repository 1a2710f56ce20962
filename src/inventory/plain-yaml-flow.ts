import { withoutSpacesAtEnd } from './plain-yaml-lines.ts'
import { giveUp, plainValue, quotedEnd, quotedValue } from './plain-yaml-scalar.ts'

// Braces and brackets within one line, as hand-written manifests have them: `{ key: os, operator: In, values: [linux] }`.

interface Flow {
  readonly text: string
  at: number
}

/** The value of the collection that opens at `from`, and the place after it. */
export const readFlow = (text: string, from: number): { value: unknown; end: number } => {
  const flow = { text, at: from }
  const value = readValue(flow)
  return { value, end: flow.at }
}

const skipSpaces = (flow: Flow): string => {
  while (flow.text[flow.at] === ' ') flow.at++
  return flow.text[flow.at] ?? giveUp()
}

const readValue = (flow: Flow): unknown => {
  const first = skipSpaces(flow)
  if (first === '{') return readMap(flow)
  if (first === '[') return readList(flow)
  return first === '"' || first === "'" ? readQuoted(flow) : plainValue(readPlain(flow))
}

const readQuoted = (flow: Flow): string => {
  const end = quotedEnd(flow.text, flow.at)
  if (end === -1) giveUp()
  const value = quotedValue(flow.text.slice(flow.at, end))
  flow.at = end
  return value
}

const PLAIN_END = /[,[\]{}]|:(?=[\s,[\]{}]|$)/g

const readPlain = (flow: Flow): string => {
  PLAIN_END.lastIndex = flow.at
  const end = PLAIN_END.exec(flow.text)?.index ?? giveUp()
  const text = withoutSpacesAtEnd(flow.text.slice(flow.at, end))
  // Nothing at all would mean null, or be a mistake.
  if (text === '') giveUp()
  flow.at = end
  return text
}

const readKey = (flow: Flow): string => {
  const first = skipSpaces(flow)
  const key: unknown = first === '"' || first === "'" ? readQuoted(flow) : plainValue(readPlain(flow))
  if (typeof key !== 'string' || key === '<<' || skipSpaces(flow) !== ':') return giveUp()
  flow.at++
  return key
}

// True after a comma, false after the closing bracket; a comma before the bracket is unusual.
const hasMore = (flow: Flow, close: string): boolean => {
  const next = skipSpaces(flow)
  flow.at++
  if (next === close) return false
  if (next !== ',' || skipSpaces(flow) === close) giveUp()
  return true
}

const readMap = (flow: Flow): Record<string, unknown> => {
  const map: Record<string, unknown> = {}
  flow.at++
  if (skipSpaces(flow) === '}') {
    flow.at++
    return map
  }
  do {
    const key = readKey(flow)
    setMember(map, key, readValue(flow))
  } while (hasMore(flow, '}'))
  return map
}

const readList = (flow: Flow): unknown[] => {
  const list: unknown[] = []
  flow.at++
  if (skipSpaces(flow) === ']') {
    flow.at++
    return list
  }
  do list.push(readValue(flow))
  while (hasMore(flow, ']'))
  return list
}

/** Sets an own member, whatever it is called; a member that is there already is unusual. */
export const setMember = (map: Record<string, unknown>, key: string, value: unknown): void => {
  if (Object.hasOwn(map, key)) giveUp()
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
  else map[key] = value
}
