import fc from 'fast-check'
import t from 'tap'
import { parseJsonDocuments } from '../../src/inventory/json-documents.ts'
import { parseDocuments } from '../../src/inventory/parse-documents.ts'
import type { PathStep } from '../../src/inventory/problem-path.ts'
import { parseYamlDocuments } from '../../src/inventory/yaml-documents.ts'

const NODE = '{"kind":"Node","metadata":{"name":"a"}}'
const PARSED = { kind: 'Node', metadata: { name: 'a' } }

const READABLE: readonly { name: string; text: string; want: readonly unknown[] }[] = [
  { name: 'one JSON value', text: NODE, want: [PARSED] },
  { name: 'a JSON list', text: `[${NODE},1]`, want: [[PARSED, 1]] },
  { name: 'a byte order mark', text: `\ufeff${NODE}`, want: [PARSED] },
  { name: 'JSON lines', text: `${NODE}\n${NODE}\n`, want: [PARSED, PARSED] },
  { name: 'JSON values without anything between', text: `${NODE}${NODE}`, want: [PARSED, PARSED] },
  { name: 'a JSON text sequence', text: `\u001e${NODE}\n\u001e${NODE}\n`, want: [PARSED, PARSED] },
  { name: 'JSON documents as YAML separates them', text: `${NODE}\n---\n${NODE}`, want: [PARSED, PARSED] },
  { name: 'JSON after a YAML separator', text: `---\n${NODE}`, want: [PARSED] },
  { name: 'braces and quotes within JSON strings', text: '{"a":"}\\"{"}{"b":"]"}', want: [{ a: '}"{' }, { b: ']' }] },
  { name: 'YAML', text: 'kind: Node\nmetadata: { name: a }\n', want: [PARSED] },
  { name: 'YAML in flow style', text: '{ kind: Node, metadata: { name: a } }', want: [PARSED] },
  { name: 'YAML that begins as JSON does', text: '{"kind": "Node", "metadata": {"name": "a"}, }', want: [PARSED] },
  { name: 'JSON and then YAML', text: `${NODE}\n---\nkind: Node\nmetadata: {name: a}`, want: [PARSED, PARSED] },
  {
    name: 'a document that holds nothing',
    text: 'a: 1\n---\n# nothing\n---\nb: 2\n',
    want: [{ a: 1 }, null, { b: 2 }],
  },
  { name: 'merge keys', text: 'x: &x { a: 1 }\ny: { <<: *x, b: 2 }', want: [{ x: { a: 1 }, y: { a: 1, b: 2 } }] },
  {
    name: 'words that are booleans in YAML 1.1 only',
    text: 'a: off\nb: yes\nc: "true"',
    want: [{ a: 'off', b: 'yes', c: 'true' }],
  },
  { name: 'a timestamp, which stays text', text: 'at: 2026-11-22T10:00:00Z', want: [{ at: '2026-11-22T10:00:00Z' }] },
  { name: 'an empty text', text: '', want: [] },
]

t.test('reads', async t => {
  for (const { name, text, want } of READABLE) {
    t.test(name, async t => {
      const { documents, problems } = parseDocuments(text)
      t.strictSame(problems, [])
      t.strictSame(
        documents.map(({ value }) => value),
        want,
      )
      t.strictSame(
        documents.map(({ number }) => number),
        want.map((_, index) => index + 1),
      )
    })
  }
})

interface Unreadable {
  readonly name: string
  readonly text: string
  readonly want: { document: number; line: number; path: readonly PathStep[]; message: string }
}

const UNREADABLE: readonly Unreadable[] = [
  {
    name: 'truncated JSON, at the end of what is there',
    text: '{"a":1}\n{"b":\n{"c":2}\n',
    want: { document: 2, line: 4, path: [], message: "not JSON: Expected ',' or '}' after property value" },
  },
  {
    name: 'a JSON value that is none',
    text: '{"a":1}\n{"b":nope}',
    want: {
      document: 2,
      line: 2,
      path: [],
      message: 'not JSON: Unexpected token \'o\', "{"b":nope}" is not valid JSON',
    },
  },
  {
    name: 'a key given twice',
    text: 'a: 1\n---\nb: 1\nc: 2\nb: 3\n',
    want: { document: 2, line: 5, path: [], message: 'Map keys must be unique' },
  },
  {
    name: 'a tab where YAML wants spaces',
    text: 'a:\n\tb: 1\n',
    want: { document: 1, line: 2, path: [], message: 'Tabs are not allowed as indentation' },
  },
  {
    name: 'an alias of nothing',
    text: 'a: *gone',
    want: {
      document: 1,
      line: 1,
      path: [],
      message: 'Unresolved alias (the anchor must be set before the alias): gone',
    },
  },
]

t.test('tells document and line of', async t => {
  for (const { name, text, want } of UNREADABLE) {
    t.test(name, async t => {
      const [problem] = parseDocuments(text).problems
      t.strictSame({ ...problem, line: problem?.line() }, want)
    })
  }
})

t.test('refuses aliases that would expand without end', async t => {
  const doubling = Array.from({ length: 12 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`)
  const { documents, problems } = parseDocuments(`a0: &a0 [x, x]\n${doubling.join('\n')}\n`)
  t.strictSame(documents, [])
  t.strictSame(
    problems.map(problem => ({ ...problem, line: problem.line() })),
    [{ document: 1, line: 1, path: [], message: 'Excessive alias count indicates a resource exhaustion attack' }],
  )
})

t.test('good documents around a bad one are read all the same', async t => {
  const { documents, problems } = parseDocuments('a: 1\n---\nb: [\n---\nc: 3\n')
  t.ok(problems.length > 0)
  t.ok(problems.every(({ document }) => document === 2))
  t.strictSame(
    documents.map(({ number, value }) => ({ number, value })),
    [
      { number: 1, value: { a: 1 } },
      { number: 3, value: { c: 3 } },
    ],
  )
})

t.test('the line of a field is that of its key, or of what should hold it', async t => {
  const text = 'kind: Node\n---\nspec:\n  taints:\n    - key: a\n      effect:\n        - b\n    - key: c\n'
  const document = parseDocuments(text).documents[1]
  const cases: readonly [path: readonly PathStep[], line: number][] = [
    [[], 3],
    [['spec'], 3],
    [['spec', 'taints'], 4],
    [['spec', 'taints', 0, 'effect'], 6],
    [['spec', 'taints', 1], 8],
    [['spec', 'taints', 1, 'effect'], 8],
    [['spec', 'nothing'], 3],
    [['status', 'nodeInfo'], 3],
  ]
  for (const [path, line] of cases) t.equal(document?.lineOf(path), line, path.join('.'))
})

t.test('the line of a field behind an alias is where the field is written', async t => {
  const [document] = parseDocuments('base: &base\n  name: x\nmetadata: *base\n').documents
  t.equal(document?.lineOf(['metadata', 'name']), 2)
})

const pathsOf = (value: unknown): PathStep[][] => {
  if (Array.isArray(value)) return [[], ...value.flatMap((item, index) => pathsOf(item).map(path => [index, ...path]))]
  if (typeof value !== 'object' || value === null) return [[]]
  return [[], ...Object.entries(value).flatMap(([key, item]) => pathsOf(item).map(path => [key, ...path]))]
}

// Both readers are asked for the line of every field of the same text. Keys that YAML reads otherwise are left out.
const jsonObject = fc.dictionary(
  fc.stringMatching(/^[a-z"\\{}[\]/.]{1,8}$/),
  fc.jsonValue({ noUnicodeString: false } as object),
  { minKeys: 1 },
)

t.test('property: the JSON reader finds every field on the line where the YAML reader finds it', async t => {
  fc.assert(
    fc.property(jsonObject, object => {
      const text = JSON.stringify(object, null, 2)
      const json = parseJsonDocuments(text).documents[0]
      const yaml = parseYamlDocuments(text).documents[0]
      if (json === undefined || yaml === undefined) return
      for (const path of pathsOf(object)) if (json.lineOf(path) !== yaml.lineOf(path)) throw new Error(path.join('.'))
    }),
  )
  t.pass()
})

t.test('property: JSON values come back in order, whatever is between them', async t => {
  const separator = fc.constantFrom('\n', ' ', '\n---\n', '\u001e', '\r\n\r\n')
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), separator), { minLength: 1 }), values => {
      const text = values.map(([value, after]) => JSON.stringify(value) + after).join('')
      const read = parseDocuments(text).documents.map(({ value }) => JSON.stringify(value))
      const want = values.map(([value]) => JSON.stringify(value))
      if (JSON.stringify(read) !== JSON.stringify(want)) throw new Error(text)
    }),
  )
  t.pass()
})
