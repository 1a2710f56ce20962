import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { parseDocument } from 'yaml'
import { parseNodeFacts } from '../../src/policy/parse-node-facts.ts'

const realNodes = parseDocument(
  readFileSync(resolve(import.meta.dirname, '../fixtures/reviews/nodes.yaml'), 'utf8'),
).toJS().items

const bare = {
  name: 'n',
  labels: {},
  taints: [],
  unschedulable: false,
  uid: '',
  bootID: '',
  containerRuntimeVersion: '',
  operatingSystem: '',
  creationTimestamp: '',
}

t.test('the nodes of a real cluster are read', async t => {
  const names = realNodes.map((node: unknown) => {
    const parsed = parseNodeFacts(node)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return [parsed.value.name, parsed.value.operatingSystem, parsed.value.uid.length, parsed.value.taints.length]
  })
  t.strictSame(names[0], ['node1', 'linux', 36, 0])
})

const CASES = [
  { name: 'a Node with nothing but a name', object: { metadata: { name: 'n' } }, want: bare },
  {
    name: 'a Node without status that has the label of its operating system',
    object: { kind: 'Node', metadata: { name: 'n', labels: { 'kubernetes.io/os': 'windows' } }, status: null },
    want: { ...bare, labels: { 'kubernetes.io/os': 'windows' }, operatingSystem: 'windows' },
  },
  {
    name: 'a status that contradicts the label',
    object: {
      metadata: { name: 'n', labels: { 'kubernetes.io/os': 'windows' } },
      status: { nodeInfo: { operatingSystem: 'linux' } },
    },
    want: { ...bare, labels: { 'kubernetes.io/os': 'windows' }, operatingSystem: 'linux' },
  },
  {
    name: 'a cordoned Node with taints',
    object: {
      metadata: { name: 'n' },
      spec: {
        unschedulable: true,
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'b', value: 'c', effect: 'NoExecute', timeAdded: 'x' },
        ],
      },
    },
    want: {
      ...bare,
      unschedulable: true,
      taints: [
        { key: 'a', value: '', effect: 'NoSchedule' },
        { key: 'b', value: 'c', effect: 'NoExecute' },
      ],
    },
  },
]

for (const { name, object, want } of CASES) {
  t.test(`${name} is read`, async t => t.strictSame(parseNodeFacts(object), { ok: true, value: want }))
}

const PROBLEMS = [
  { name: 'nothing', object: null, want: [{ path: '', message: 'expected an object; found null' }] },
  {
    name: 'another kind',
    object: { kind: 'Pod', metadata: { name: 'n' } },
    want: [{ path: 'kind', message: 'expected one of Node; found "Pod"' }],
  },
  {
    name: 'a Node without a name',
    object: { metadata: {} },
    want: [{ path: 'metadata.name', message: 'expected the name of a node; found nothing' }],
  },
  {
    name: 'several wrong types',
    object: {
      metadata: { name: 'n', labels: { 'a/b': 1, c: 'd' } },
      spec: { taints: ['x'], unschedulable: 'yes' },
      status: [],
    },
    want: [
      { path: 'status', message: 'expected an object; found a list' },
      { path: 'metadata.labels["a/b"]', message: 'expected a string; found 1' },
      { path: 'spec.taints[0]', message: 'expected an object; found "x"' },
      { path: 'spec.unschedulable', message: 'expected true or false; found "yes"' },
    ],
  },
]

for (const { name, object, want } of PROBLEMS) {
  t.test(`${name} is refused with every problem`, async t => {
    t.strictSame(parseNodeFacts(object), { ok: false, problems: want })
  })
}

t.test('of the conditions ours is read, without its times, and its absence leaves no trace', async t => {
  const of = (conditions: object[]) => {
    const parsed = parseNodeFacts({ metadata: { name: 'n' }, status: { conditions } })
    return parsed.ok ? parsed.value : parsed.problems
  }
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'm' }
  const ours = { status: 'False', reason: 'NoReport', message: 'm' }
  t.match(of([ready, { type: 'SnapshotterReady', ...ours, lastHeartbeatTime: '2026-11-22T10:00:00Z' }]), {
    snapshotterReady: ours,
  })
  t.notOk('snapshotterReady' in of([ready]))
  t.strictSame(of([{ type: 1 }]), [{ path: 'status.conditions[0].type', message: 'expected a string; found 1' }])
})
