import { chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { type GuardError, isGuardError } from '../../src/errors.ts'
import { loadInventoryFile, parseInventoryTexts } from '../../src/inventory/read-inventory-file.ts'

const root = resolve(import.meta.dirname, '../..')

const linesOf = (text: string, path = 'inventory.yaml'): string[] => {
  const parsed = parseInventoryTexts([{ path, text }])
  return parsed.ok ? [] : parsed.problems.map(problem => `${problem.path}: ${problem.message}`)
}

const failure = async (t: Test, promise: Promise<unknown>): Promise<GuardError> => {
  const error: unknown = await promise.then(
    () => t.fail('expected a GuardError'),
    rejection => rejection,
  )
  if (!isGuardError(error)) throw error
  return error
}

const NODE = (name: string) => `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\n`

t.test('the example inventory holds every kind that is read', async t => {
  const contents = await loadInventoryFile(join(root, 'examples/inventory.yaml'))
  t.equal(contents.nodes.size, 9)
  t.equal(contents.reports.size, 7)
  t.strictSame(
    contents.namespaceModes,
    new Map([
      ['shop', undefined],
      ['lab', 'audit'],
    ]),
  )
})

t.test('kinds of no use here are passed over, also when they are of another group', async t => {
  const text = [
    'apiVersion: v1\nkind: Service\nmetadata: 7\n',
    'apiVersion: metrics.k8s.io/v1beta1\nkind: Node\nmetadata: 7\n',
    NODE('a'),
  ].join('---\n')
  const parsed = parseInventoryTexts([{ path: 'x', text }])
  t.ok(parsed.ok)
  if (parsed.ok) t.strictSame([...parsed.value.nodes.keys()], ['a'])
})

t.test('pods are kept by namespace and name, with what exemptions and runtime classes read of them', async t => {
  const text = `apiVersion: v1
kind: Pod
metadata: { name: web-1, uid: u-1, labels: { app: web }, annotations: { a: b } }
spec: { runtimeClassName: kata, containers: [] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-1, namespace: shop }
`
  const parsed = parseInventoryTexts([{ path: 'x', text }])
  if (!parsed.ok) throw new Error('expected an inventory')
  t.strictSame(
    parsed.value.pods,
    new Map([
      ['default/web-1', { uid: 'u-1', labels: { app: 'web' }, annotations: { a: 'b' }, runtimeClassName: 'kata' }],
      ['shop/web-1', { uid: '', labels: {}, annotations: {}, runtimeClassName: '' }],
    ]),
  )
})

t.test('a RuntimeClass is kept with what it adds to the pods of the class', async t => {
  const text = `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: kata }
handler: kata-qemu
scheduling:
  nodeSelector: { kata: "true" }
  tolerations: [{ key: kata, operator: Exists, effect: NoSchedule }]
`
  const parsed = parseInventoryTexts([{ path: 'x', text }])
  if (!parsed.ok) throw new Error('expected an inventory')
  t.match(parsed.value.runtimeClasses.get('kata'), {
    name: 'kata',
    handler: 'kata-qemu',
    nodeSelector: { kata: 'true' },
    tolerations: [{ key: 'kata', operator: 'Exists', effect: 'NoSchedule' }],
  })
})

t.test('a label whose name JavaScript objects have already is a label like any other', async t => {
  const text = 'apiVersion: v1\nkind: Node\nmetadata: { name: a, labels: { __proto__: x, constructor: y } }\n'
  const parsed = parseInventoryTexts([{ path: 'x', text }])
  if (!parsed.ok) throw new Error('expected an inventory')
  const labels = parsed.value.nodes.get('a')?.labels ?? {}
  t.strictSame(Object.entries(labels), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

t.test('one bad document among good ones: the file is refused with document, line and path', async t => {
  const bad = 'apiVersion: v1\nkind: Node\nmetadata: { name: b }\nspec:\n  taints:\n    - key: x\n      effect: 3\n'
  t.strictSame(linesOf([NODE('a'), bad, NODE('c')].join('---\n')), [
    'inventory.yaml: document 2, line 11: spec.taints[0].effect: expected a string; found 3',
  ])
})

const REFUSED: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: 'an object twice',
    text: `${NODE('a')}---\n${NODE('a')}`,
    want: [
      'inventory.yaml: document 2, line 7: metadata.name: expected one Node a, found it again after inventory.yaml, document 1, line 1',
    ],
  },
  {
    name: 'an empty text',
    text: ' \n',
    want: ['inventory.yaml: document 1, line 1: expected Kubernetes objects, found an empty file'],
  },
  {
    name: 'every problem of every document, in their order',
    text: `${NODE('a')}---\nkind: Node\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: b, labels: { a: 1, b: 2 } }\n---\na: 1\na: 2\n`,
    want: [
      'inventory.yaml: document 2, line 5: apiVersion: expected a word, as every Kubernetes object has one; found nothing',
      'inventory.yaml: document 3, line 9: metadata.labels.a: expected a string, found number 1',
      'inventory.yaml: document 3, line 9: metadata.labels.b: expected a string, found number 2',
      'inventory.yaml: document 4, line 12: Map keys must be unique',
    ],
  },
  {
    name: 'a namespace without metadata, a pod without a name, a runtime class without a handler',
    text: [
      'apiVersion: v1\nkind: Namespace\n',
      'apiVersion: v1\nkind: Pod\nmetadata: { namespace: 7 }\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {}\n',
      'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: { name: r }\n',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { runtimeClassName: [] }\n',
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: n, labels: [] }\n',
    ].join('---\n'),
    want: [
      'inventory.yaml: document 1, line 1: metadata.name: expected a name, found none',
      'inventory.yaml: document 2, line 6: metadata.namespace: expected a string, found number 7',
      'inventory.yaml: document 3, line 10: metadata.name: expected a name, found none',
      'inventory.yaml: document 4, line 12: handler: expected a string, found nothing',
      'inventory.yaml: document 5, line 19: spec.runtimeClassName: expected a string, found a list',
      'inventory.yaml: document 6, line 23: metadata.labels: expected an object, found a list',
    ],
  },
]

t.test('refuses', async t => {
  for (const { name, text, want } of REFUSED) {
    t.test(name, async t => {
      t.strictSame(linesOf(text), want)
    })
  }
})

t.test('a JSON list of many nodes: the line of the one bad field is found', async t => {
  const items = Array.from({ length: 500 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n-${index}` },
    spec: {},
  }))
  Object.assign(items[400] ?? {}, { spec: { unschedulable: 'yes' } })
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1)
  const line = text.slice(0, text.indexOf('"unschedulable"')).split('\n').length
  t.strictSame(linesOf(text, 'n.json'), [
    `n.json: document 1, line ${line}: items[400].spec.unschedulable: expected true or false; found "yes"`,
  ])
})

t.test('of many problems the first 20 are shown, and how many more there are', async t => {
  const lines = linesOf(Array.from({ length: 31 }, () => 'kind: Node\n').join('---\n'))
  t.equal(lines.length, 21)
  t.equal(lines.at(-1), 'inventory.yaml: and 11 more problems')
  t.equal(
    linesOf(Array.from({ length: 21 }, () => 'kind: Node\n').join('---\n')).at(-1),
    'inventory.yaml: and 1 more problem',
  )
})

t.test('a folder is read by name, YAML and JSON alike, and nothing else in it', async t => {
  const folder = t.testdir({
    'b.yml': NODE('b'),
    'a.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}',
    'c.yaml': NODE('c'),
    'notes.txt': 'not an object',
    '.hidden.yaml': 'not an object',
  })
  t.strictSame([...(await loadInventoryFile(folder)).nodes.keys()], ['a', 'b', 'c'])
})

t.test('an object in two files of a folder is told with both places', async t => {
  const folder = t.testdir({ 'a.yaml': NODE('a'), 'b.yaml': `# again\n${NODE('a')}` })
  const { code, message } = await failure(t, loadInventoryFile(folder))
  t.equal(code, 'SOCI_GUARD_INVENTORY_INVALID')
  t.equal(
    message,
    `${folder}/b.yaml: document 1, line 4: metadata.name: expected one Node a, found it again after ${folder}/a.yaml, document 1, line 1`,
  )
})

t.test('what cannot be read is told in one sentence', async t => {
  const folder = t.testdir({ empty: {}, 'locked.yaml': NODE('a') })
  t.equal(
    (await failure(t, loadInventoryFile(`${folder}/gone.yaml`))).message,
    `cannot read ${folder}/gone.yaml: no such file or directory`,
  )
  t.equal(
    (await failure(t, loadInventoryFile(`${folder}/empty`))).message,
    `${folder}/empty holds no *.yaml, *.yml or *.json file`,
  )
  chmodSync(`${folder}/locked.yaml`, 0)
  if (process.getuid?.() === 0) return
  t.equal(
    (await failure(t, loadInventoryFile(`${folder}/locked.yaml`))).message,
    `cannot read ${folder}/locked.yaml: permission denied`,
  )
})
