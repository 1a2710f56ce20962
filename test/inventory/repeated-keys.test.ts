import fc from 'fast-check'
import t from 'tap'
import { parseDocuments } from '../../src/inventory/parse-documents.ts'
import { pathOf } from '../../src/inventory/problem-path.ts'

const MESSAGE = 'expected each key once in an object, found it again; keep one of them'

const problemsOf = (text: string): string[] =>
  parseDocuments(text).problems.map(
    ({ document, line, path, message }) => `document ${document}, line ${line()}: ${pathOf(path)}: ${message}`,
  )

const REPEATED: readonly { name: string; text: string; want: readonly string[] }[] = [
  { name: 'a key at the top', text: '{"a":1,\n"a":1}', want: ['document 1, line 2: a'] },
  {
    name: 'a key in a list of a later document',
    text: '{"a":1}\n{"items":[{},\n{"b":{"c.d":1,\n"c.d":2}}]}',
    want: ['document 2, line 4: items[1].b["c.d"]'],
  },
  { name: 'a key written in two ways', text: '{"kind":1,"\\u006bind":2}', want: ['document 1, line 1: kind'] },
  {
    name: 'a key within a value that is given again',
    text: '{"a":{"b":1,"b":2},"a":{}}',
    want: ['document 1, line 1: a.b', 'document 1, line 1: a'],
  },
  { name: 'a key three times', text: '{"a":1,"a":2,"a":3}', want: ['document 1, line 1: a', 'document 1, line 1: a'] },
  { name: '__proto__', text: '{"__proto__":1,"__proto__":2}', want: ['document 1, line 1: __proto__'] },
  {
    name: 'a key deeper than anybody nests',
    text: `${'['.repeat(2000)}{"a":1,"a":2}${']'.repeat(2000)}`,
    want: ['document 1, line 1: '],
  },
]

t.test('reports', async t => {
  for (const { name, text, want } of REPEATED)
    t.strictSame(
      problemsOf(text),
      want.map(place => `${place}: ${MESSAGE}`),
      name,
    )
})

t.test('a document with such a key is left out, and the ones around it are read', async t => {
  const { documents } = parseDocuments('{"a":1}\n{"b":1,"b":2}\n{"c":1}')
  t.strictSame(
    documents.map(({ number, value }) => ({ number, value })),
    [
      { number: 1, value: { a: 1 } },
      { number: 3, value: { c: 1 } },
    ],
  )
})

t.test('property: JSON with every key once has no such problem, however it is written', async t => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify({ value, '"': ':', ':': '":' }, null, indent)
      if (parseDocuments(text).problems.length > 0) throw new Error(text)
    }),
  )
  t.pass()
})

t.test('property: a member written once more is found where it is', async t => {
  const names = fc.uniqueArray(fc.string(), { minLength: 1 })
  fc.assert(
    fc.property(names, fc.nat(), (keys, chosen) => {
      const again = keys[chosen % keys.length] as string
      const text = `{"x":[{${[...keys, again].map(key => `${JSON.stringify(key)}:{}`)}}]}`
      const [problem, ...others] = parseDocuments(text).problems
      if (others.length > 0 || JSON.stringify(problem?.path) !== JSON.stringify(['x', 0, again])) throw new Error(text)
    }),
  )
  t.pass()
})
