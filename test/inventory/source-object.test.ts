import t from 'tap'
import { parseDocuments } from '../../src/inventory/parse-documents.ts'
import { pathOf } from '../../src/inventory/problem-path.ts'
import { objectsOf } from '../../src/inventory/source-object.ts'

const read = (text: string) => {
  const { objects, problems } = objectsOf(parseDocuments(text).documents)
  return {
    objects: objects.map(({ apiVersion, kind, path }) => `${apiVersion} ${kind} ${pathOf(path)}`.trim()),
    problems: problems.map(({ path, message }) => `${pathOf(path)}: ${message}`),
  }
}

const WORD = 'expected a word, as every Kubernetes object has one'

const CASES: readonly { name: string; text: string; objects?: string[]; problems?: string[] }[] = [
  { name: 'an object', text: '{ apiVersion: v1, kind: Node }', objects: ['v1 Node'] },
  { name: 'nothing', text: '# a comment\n---\n---\n' },
  {
    name: 'a List as kubectl prints it',
    text: '{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Node }, { apiVersion: v1, kind: Pod }] }',
    objects: ['v1 Node items[0]', 'v1 Pod items[1]'],
  },
  {
    name: 'a NodeList of the API server, whose items do not repeat their kind',
    text: '{ apiVersion: v1, kind: NodeList, items: [{ metadata: { name: a } }] }',
    objects: ['v1 Node items[0]'],
  },
  { name: 'a List of nothing', text: '{ apiVersion: v1, kind: List, items: null }' },
  {
    name: 'a List within a List',
    text: '{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: PodList, items: [{}] }] }',
    objects: ['v1 Pod items[0].items[0]'],
  },
  { name: 'a JSON list', text: '[{"apiVersion":"v1","kind":"Node"}]', objects: ['v1 Node [0]'] },
  {
    name: 'an object whose kind ends in List and that has no items',
    text: '{ apiVersion: a/v1, kind: AllowList }',
    objects: ['a/v1 AllowList'],
  },
  {
    name: 'a List whose items are none',
    text: '{ apiVersion: v1, kind: List, items: 3 }',
    problems: ['items: expected a list of objects, found 3'],
  },
  { name: 'text', text: 'hello', problems: [': expected a Kubernetes object, found "hello"'] },
  {
    name: 'a list with a number in it',
    text: '[{"apiVersion":"v1","kind":"Node"},7]',
    objects: ['v1 Node [0]'],
    problems: ['[1]: expected a Kubernetes object, found 7'],
  },
  { name: 'an object without a kind', text: '{ apiVersion: v1 }', problems: [`kind: ${WORD}; found nothing`] },
  {
    name: 'an object without an apiVersion',
    text: '{ kind: Node, apiVersion: 1 }',
    problems: [`apiVersion: ${WORD}; found 1`],
  },
  {
    name: 'a List item without a kind',
    text: '{ apiVersion: v1, kind: List, items: [{ apiVersion: v1 }] }',
    problems: [`items[0].kind: ${WORD}; found nothing`],
  },
]

t.test('objects are taken out of', async t => {
  for (const { name, text, objects = [], problems = [] } of CASES) {
    t.test(name, async t => {
      t.strictSame(read(text), { objects, problems })
    })
  }
})
