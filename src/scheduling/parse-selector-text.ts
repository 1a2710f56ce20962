// The selectors that people type after -l, by the grammar of apimachinery's labels.Parse: `a=b,c!=d,e in (f,g),!h,i,j>1`.

import type { Parsed } from '../errors.ts'
import { type CompiledRequirement, compileRequirement, type NodeSelectorOperator } from './node-selector-requirement.ts'

/** All of it must hold; nothing in it selects everything. */
export type TextSelector = readonly CompiledRequirement[]

/** Whether the selector selects these labels. */
export const matchesTextSelector = (selector: TextSelector, labels: Readonly<Record<string, string>>): boolean =>
  selector.every(({ matches }) => matches(labels))

/** The selector in the text, or the first thing that is wrong with it. */
export const parseSelectorText = (text: string): Parsed<TextSelector> => {
  const tokens = text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? []
  const requirements: CompiledRequirement[] = []
  for (let at = 0; at < tokens.length; ) {
    const read = readRequirement(tokens, at)
    if (typeof read === 'string') return refuse(read)
    const requirement = compileRequirement(read)
    if (requirement === null) return refuse(`${tokens.slice(at, read.end).join(' ')} is no requirement on a label`)
    requirements.push(requirement)
    if (read.end === tokens.length) break
    if (tokens[read.end] !== ',') return refuse(expected('a comma', tokens[read.end]))
    at = read.end + 1
    if (at === tokens.length) return refuse(expected('another requirement after the comma', undefined))
  }
  return { ok: true, value: requirements }
}

interface ReadRequirement {
  readonly key: string
  readonly operator: NodeSelectorOperator
  readonly values: readonly string[]
  /** The place of the first token after it. */
  readonly end: number
}

const refuse = (message: string): Parsed<TextSelector> => ({ ok: false, problems: [{ path: '', message }] })

const expected = (what: string, found: string | undefined): string =>
  `expected ${what}, found ${found === undefined ? 'the end' : JSON.stringify(found)}`

const isWord = (token: string | undefined): token is string => token !== undefined && !/^[=!<>(),]/.test(token)

const OPERATORS: Readonly<Record<string, NodeSelectorOperator>> = {
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  in: 'In',
  notin: 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
}

const readRequirement = (tokens: readonly string[], start: number): ReadRequirement | string => {
  const isNegated = tokens[start] === '!'
  const keyAt = isNegated ? start + 1 : start
  const key = tokens[keyAt]
  if (!isWord(key)) return expected('a label key', key)
  const sign = tokens[keyAt + 1]
  if (isNegated) return { key, operator: 'DoesNotExist', values: [], end: keyAt + 1 }
  if (sign === undefined || sign === ',') return { key, operator: 'Exists', values: [], end: keyAt + 1 }
  const operator = Object.hasOwn(OPERATORS, sign) ? OPERATORS[sign] : undefined
  if (operator === undefined) return expected(`one of =, ==, !=, in, notin, > and < after ${key}`, sign)
  return isWord(sign) ? readSet(tokens, keyAt + 2, { key, operator }) : readSingle(tokens, keyAt + 2, { key, operator })
}

type Beginning = Pick<ReadRequirement, 'key' | 'operator'>

// `a=` asks for the empty value, as in labels.Parse.
const readSingle = (tokens: readonly string[], at: number, beginning: Beginning): ReadRequirement | string => {
  const value = tokens[at]
  if (value === undefined || value === ',') return { ...beginning, values: [''], end: at }
  return isWord(value) ? { ...beginning, values: [value], end: at + 1 } : expected('a value', value)
}

const readSet = (tokens: readonly string[], at: number, beginning: Beginning): ReadRequirement | string => {
  if (tokens[at] !== '(') return expected(`( and values after ${beginning.key}`, tokens[at])
  const values: string[] = []
  for (let next = at + 1; ; next++) {
    const token = tokens[next]
    // `a in (b,)` holds the empty value too, as in labels.Parse.
    values.push(isWord(token) ? token : '')
    const after = isWord(token) ? tokens[++next] : token
    if (after === ')') return { ...beginning, values, end: next + 1 }
    if (after !== ',') return expected('a comma or )', after)
  }
}
