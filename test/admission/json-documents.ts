// Random JSON documents as trees whose objects may hold a key twice, and their text in many spellings.

import fc from 'fast-check'
import type { CompiledShape } from '../../src/admission/json-shape.ts'

/** A JSON value before it is written; objects are lists of members. */
export type Tree =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Tree])[] }

// Words of the review's shape, so that random documents reach deep into it, and a few that are trouble.
const WORDS = [
  'request',
  'uid',
  'object',
  'oldObject',
  'metadata',
  'labels',
  'spec',
  'template',
  'containers',
  'name',
  'userInfo',
  'groups',
]
const TROUBLE = ['__proto__', 'constructor', 'hasOwnProperty', '', '1', '0', 'é', '\ud800', 'kind ', 'Name']

const keys = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...WORDS) }, fc.constantFrom(...TROUBLE), fc.string())

const scalars = fc
  .oneof(
    fc.constantFrom('null', 'true', 'false', '-0', '1e5', '-1.5E-3', '9007199254740993'),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
    fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)),
  )
  .map((text): Tree => ({ kind: 'scalar', text }))

/** Trees of a few dozen values. */
export const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; object: Tree }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 7, depthSize: 'large', depthIdentifier: 'tree' },
    scalars,
    { weight: 3, arbitrary: tie('object') },
    fc.array(tie('tree'), { maxLength: 4, depthIdentifier: 'tree' }).map((items): Tree => ({ kind: 'array', items })),
  ),
  object: fc
    .array(fc.tuple(keys, tie('tree')), { maxLength: 6, depthIdentifier: 'tree' })
    .map((members): Tree => ({ kind: 'object', members })),
})).object

/** Writes a tree; `choose` gives the next number in [0, n), which picks white space and escapes. */
export const writeTree = (tree: Tree, choose: (n: number) => number): string => {
  const space = (): string => ['', '', '', ' ', '\n', '\t\r'][choose(6)] ?? ''
  const join = (parts: readonly string[]): string =>
    space() + parts.map(part => space() + part + space()).join(',') + space()
  if (tree.kind === 'scalar') return tree.text
  if (tree.kind === 'array') return `[${join(tree.items.map(item => writeTree(item, choose)))}]`
  return `{${join(tree.members.map(([key, value]) => `${writeKey(key, choose)}${space()}:${space()}${writeTree(value, choose)}`))}}`
}

const writeKey = (key: string, choose: (n: number) => number): string =>
  choose(5) > 0
    ? JSON.stringify(key)
    : `"${[...Array(key.length).keys()].map(index => escapeUnit(key, index)).join('')}"`

const escapeUnit = (key: string, index: number): string => `\\u${key.charCodeAt(index).toString(16).padStart(4, '0')}`

/** True when a key occurs twice in one object on or under a wanted path: told from the tree, without looking at any text. */
export const hasDuplicates = (tree: Tree, shape: CompiledShape): boolean => {
  if (tree.kind === 'scalar') return false
  if (tree.kind === 'array') {
    const inner = shape.kind === 'array' ? shape.items : WHOLE
    return tree.items.some(item => hasDuplicates(item, inner))
  }
  const wanted = tree.members.filter(([key]) => shape.kind !== 'object' || shape.byName.has(key))
  if (new Set(wanted.map(([key]) => key)).size < wanted.length) return true
  return wanted.some(([key, value]) =>
    hasDuplicates(value, (shape.kind === 'object' && shape.byName.get(key)?.shape) || WHOLE),
  )
}

const WHOLE: CompiledShape = { kind: 'whole' }
