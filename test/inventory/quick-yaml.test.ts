// js-yaml against the YAML library: whatever is not left to the library must be read the same.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { stringify, type ToStringOptions } from 'yaml'
import { readQuickYaml } from '../../src/inventory/quick-yaml.ts'
import { parseYamlDocuments } from '../../src/inventory/yaml-documents.ts'

const root = resolve(import.meta.dirname, '../..')
const examples = join(root, 'examples')
const FILES = [
  join(examples, 'inventory.yaml'),
  ...readdirSync(join(examples, 'pods')).map(name => join(examples, 'pods', name)),
  join(root, 'test/fixtures/inventory/kubectl-get-nodes.yaml'),
]
const TEXTS = FILES.map(file => readFileSync(file, 'utf8'))

/** True when js-yaml read the text; throws where it read it otherwise than the library. */
const readsTheSame = (text: string): boolean => {
  const values = readQuickYaml(text)
  if (values === undefined) return false
  const { documents, problems } = parseYamlDocuments(text)
  const found = JSON.stringify(values.map((value, index) => ({ number: index + 1, value })))
  const want = JSON.stringify(documents.map(({ number, value }) => ({ number, value })))
  if (problems.length > 0 || found !== want) throw new Error(`${text}\n${found}\n${want}\n${JSON.stringify(problems)}`)
  return true
}

t.test('what kubectl prints and what is written by hand is read by js-yaml', async t => {
  for (const [index, text] of TEXTS.entries()) t.ok(readsTheSame(text), FILES[index] ?? '')
})

const QUICK: readonly { name: string; text: string; want: unknown }[] = [
  {
    name: 'a list in the column of its key',
    text: 'a:\n- b: 1\n  c: 2\n- d\ne: 3',
    want: { a: [{ b: 1, c: 2 }, 'd'], e: 3 },
  },
  {
    name: 'keys of managedFields',
    text: 'f:x:\n  .: {}\n  k:{"type":"Ready"}:\n    f:y: {}',
    want: { 'f:x': { '.': {}, 'k:{"type":"Ready"}': { 'f:y': {} } } },
  },
  {
    name: 'a literal block',
    text: 'a: |\n  x: y\n\n    z # no comment\n\nb: |-\n  w\n',
    want: { a: 'x: y\n\n  z # no comment\n', b: 'w' },
  },
  {
    name: 'a scalar that goes on',
    text: "a: one\n  two\n  three\nb: \"x\n  y\\\n  z\"\nc: 'it''s\n  so'",
    want: { a: 'one two three', b: 'x yz', c: "it's so" },
  },
  {
    name: 'words and numbers',
    text: 'a: null\nb: ~\nc: true\nd: -12\ne: 1.7.27\nf: "true"\ng:\nh: off',
    want: { a: null, b: null, c: true, d: -12, e: '1.7.27', f: 'true', g: null, h: 'off' },
  },
  {
    name: 'comments',
    text: '# a\na: 1 # b\n# c\nb: "x" # d\nc: # e\n  - 1 # f\nd: [1] # g',
    want: { a: 1, b: 'x', c: [1], d: [1] },
  },
  {
    name: 'braces',
    text: 'a: { b: [1, "x, y", { c: https://d/e?f#g }], "h": \'i\', j: [] }',
    want: { a: { b: [1, 'x, y', { c: 'https://d/e?f#g' }], h: 'i', j: [] } },
  },
  {
    name: 'braces over several lines',
    text: 'a: { b: 1,\n  c: [2,\n 3] }',
    want: { a: { b: 1, c: [2, 3] } },
  },
  { name: 'a folded block', text: 'a: >\n  b\n  c\n\n  d\n', want: { a: 'b c\nd\n' } },
  { name: 'a merge key', text: 'a: 1\n<<: { a: 2, b: 3 }', want: { a: 1, b: 3 } },
  { name: 'other forms of numbers', text: 'a: 0o17\nb: 017\nc: 1.5e3\nd: +1', want: { a: 15, b: 17, c: 1500, d: 1 } },
  { name: 'carriage returns', text: 'a: 1\r\nb: 2\r\n', want: { a: 1, b: 2 } },
  {
    name: 'a key that objects have already',
    text: 'constructor: 1\ntoString: 2',
    want: { constructor: 1, toString: 2 },
  },
]

t.test('reads', async t => {
  for (const { name, text, want } of QUICK) {
    t.ok(readsTheSame(text), name)
    t.strictSame(readQuickYaml(text)?.[0], want, name)
  }
})

const LEFT: readonly { name: string; text: string }[] = [
  { name: 'an alias', text: 'a: &x 1\nb: *x' },
  { name: 'a tag', text: 'a: !!str 1' },
  { name: 'a tag within braces', text: 'a: {b: 1,!!str c: 2}' },
  { name: 'a directive', text: '%YAML 1.1\n---\na: yes' },
  { name: 'an anchor', text: 'a: &x 1' },
  { name: 'a separator that is indented', text: ' ---' },
  { name: 'a block that says its own indentation', text: 'a: |1\n  b' },
  { name: 'a block that keeps empty lines at its end', text: 'a: >+\n  b\n\n' },
  { name: 'a byte order mark further on', text: 'a: 1\n\ufeffb: 2' },
  { name: 'a key behind a question mark', text: 'a: 1\n? b\n: c' },
  { name: 'an end marker', text: 'a: 1\n...\n' },
  { name: 'a key of nothing', text: '~: 1' },
  { name: 'a key that is a map', text: '? { a: 1 }\n: b' },
  { name: 'a duplicate key', text: 'a: 1\na: 2' },
  { name: 'a duplicate key within braces', text: 'a: { b: 1, b: 2 }' },
  { name: 'a line deeper than it may be', text: 'a: 1\n  b: 2' },
  { name: 'a quote that never closes', text: 'a: "b\nc: d' },
  { name: 'a tab as indentation', text: 'a:\n\tb: 1' },
  { name: 'a tab where indentation would be', text: 'a:\n  \t\nb: 1' },
]

t.test('leaves to the library', async t => {
  for (const { name, text } of LEFT) t.equal(readQuickYaml(text), undefined, name)
})

const STYLES: readonly ToStringOptions[] = [
  {},
  { lineWidth: 0 },
  { lineWidth: 30 },
  { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40 },
  { defaultStringType: 'QUOTE_SINGLE', lineWidth: 40 },
  { indent: 4 },
]

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('f:metadata', 'k:{"type":"Ready"}', '.', 'a/b', 'true', '1', '__proto__'),
)
const words = fc.lorem({ maxCount: 20 })
const value = fc.dictionary(
  key,
  fc.oneof(fc.jsonValue(), words, fc.array(fc.dictionary(key, words)), fc.string({ unit: 'grapheme' })),
  { minKeys: 1 },
)

t.test('property: whatever is written in a style that the library writes is read the same', async t => {
  let read = 0
  fc.assert(
    fc.property(value, fc.constantFrom(...STYLES), fc.boolean(), (object, style, indentSeq) => {
      if (readsTheSame(stringify(object, { ...style, indentSeq }))) read++
    }),
    { numRuns: 500 },
  )
  t.ok(read > 50, `${read} of 500 were read`)
})

const FRAGMENTS = [
  ...[
    ' ',
    '  ',
    '\n',
    '\n  ',
    ':',
    ': ',
    '-',
    '- ',
    '#',
    ' #',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '|-',
    '>',
    '>1',
    '|+',
    '>-',
    '&a',
    '*a',
    '!t',
    '? ',
  ],
  ...[
    '\\',
    '\\\\',
    '\\"',
    '~',
    'null',
    'true',
    '1',
    '0',
    '.5',
    '1e3 ',
    '0x1',
    '\u00a0',
    '\ufeff',
    '\u2028',
    '\t',
    '---',
    '...',
    '%',
    '@',
    '`',
  ],
  ...['<<', 'a: b', '- c', "''", '+1', '-1', '.inf', '=', '__proto__: 1', '\n---\n', 'k: |\n      x\n\n      y\n'],
]

interface Mutation {
  readonly place: number
  readonly cut: number
  readonly insert: string
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.integer({ min: 0, max: 3 }),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...FRAGMENTS)),
})

const mutated = (text: string, { place, cut, insert }: Mutation): string => {
  const at = Math.floor(place * text.length)
  return text.slice(0, at) + insert + text.slice(at + cut)
}

const excerpt = fc
  .record({
    text: fc.constantFrom(...TEXTS),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 14 }),
  })
  .map(({ text, from, count }) => {
    const lines = text.split('\n')
    const shown = lines.slice(Math.floor(from * lines.length)).slice(0, count)
    const indent = Math.min(...shown.map(line => line.length - line.trimStart().length))
    return shown.map(line => line.slice(indent)).join('\n')
  })

t.test('property: real manifests with something changed in them are read the same, or left to the library', async t => {
  let read = 0
  fc.assert(
    fc.property(excerpt, fc.array(mutation, { maxLength: 3 }), (text, mutations) => {
      if (readsTheSame(mutations.reduce(mutated, text))) read++
    }),
    { numRuns: 3000 },
  )
  t.ok(read > 500, `${read} of 3000 were read`)
})

t.test('property: fragments of YAML in any order are read the same, or left to the library', async t => {
  const fragments = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 })
  fc.assert(
    fc.property(fc.constantFrom('a: ', 'a:\n  - ', 'a:\n  b: ', ''), fragments, (before, parts) => {
      readsTheSame(before + parts.join(''))
    }),
    { numRuns: 3000 },
  )
  t.pass()
})
