import t from 'tap'
import { fakeNode } from '../../support/fake-api-objects.ts'
import type { FakeApiServer } from '../../support/fake-api-server.ts'
import { type FakeTaint, nodeNow, servePatches } from '../../support/fake-node-patches.ts'
import { until } from '../../support/until.ts'
import { createReporter, REPORTED, startControlled, startServer } from './controlled.ts'

const TAINT = 'soci-guard.dev/snapshotter'

const others = (count: number): FakeTaint[] =>
  Array.from({ length: count }, (_, at) => ({ key: `example.com/t${at}`, effect: 'NoSchedule', timeAdded: `at ${at}` }))

/** Somebody else who writes the same Node just before we do. */
const editOf = (server: FakeApiServer, name: string, taints: FakeTaint[], edits: number): void => {
  const node = nodeNow(server, name)
  const ours = (node.spec.taints ?? []).filter(({ key }) => key === TAINT)
  const labels = { ...node.metadata.labels, edits: String(edits) }
  const condition = { type: 'Theirs', status: String(edits), reason: 'R', message: 'm' }
  server.nodes.put({
    ...node,
    metadata: { ...node.metadata, labels },
    spec: { taints: edits % 2 === 0 ? [...ours, ...taints] : [...taints, ...ours] },
    status: {
      ...node.status,
      conditions: [...(node.status.conditions ?? []).filter(({ type }) => type !== 'Theirs'), condition],
    },
  })
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

t.test('nothing of others is lost, however often they write between our look and our patch', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  let edits = 0
  let asked = 0
  let last: FakeTaint[] = []
  const patches = servePatches(server, name => {
    asked += 1
    // Two of three patches meet a Node that has just become another.
    if (asked % 3 === 0) return false
    edits += 1
    last = others(1 + ((edits * 7) % 5))
    editOf(server, name, last, edits)
    return false
  })
  server.nodes.put(fakeNode('node1'))
  server.nodes.put(fakeNode('calm'))
  report('node1')
  report('calm')
  await startControlled(t, server)
  for (const state of ['Mixed', 'NotDefault', 'Ready', 'Mixed', 'Ready', 'NotDefault', 'Ready'] as const) {
    report('node1', REPORTED[state])
    const wanted = state === 'Ready' ? undefined : state
    await until(() => {
      const { spec, metadata, status } = nodeNow(server, 'node1')
      const ours = spec.taints?.find(({ key }) => key === TAINT)?.value
      const told = status.conditions?.find(({ type }) => type === 'SnapshotterReady')?.status
      return (
        ours === wanted && metadata.labels?.['soci-guard.dev/state'] === state && told === (wanted ? 'False' : 'True')
      )
    })
  }
  const { spec, metadata, status } = nodeNow(server, 'node1')
  const byKey = (one: FakeTaint, other: FakeTaint): number => (one.key < other.key ? -1 : 1)
  t.strictSame((spec.taints ?? []).toSorted(byKey), last.toSorted(byKey))
  t.ok(Number(metadata.labels?.edits) > 0)
  t.equal(metadata.labels?.['kubernetes.io/hostname'], 'node1')
  t.ok(status.conditions?.some(({ type }) => type === 'Theirs'))
  t.ok(
    patches.some(({ code }) => code === 422),
    'some patches met a Node that was otherwise',
  )
})

t.test('two controllers at once come to the same marks as one, and do not undo each other', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  const patches = servePatches(server)
  const names = Array.from({ length: 40 }, (_, at) => `node${at}`)
  for (const name of names) {
    server.nodes.put({ ...fakeNode(name), spec: { taints: others(2) } })
    report(name)
  }
  const both = await Promise.all([startControlled(t, server), startControlled(t, server)])
  const stateOf = (name: string, turn: number) => (Number(name.slice(4)) % 3 === turn ? 'Mixed' : 'Ready')
  const isMarked = (name: string, turn: number): boolean => {
    const { spec, metadata, status } = nodeNow(server, name)
    const state = stateOf(name, turn)
    const ours = (spec.taints ?? []).filter(({ key }) => key === TAINT)
    return (
      ours.length === (state === 'Mixed' ? 1 : 0) &&
      (spec.taints ?? []).length === 2 + ours.length &&
      metadata.labels?.['soci-guard.dev/state'] === state &&
      status.conditions?.[0]?.status === (state === 'Mixed' ? 'False' : 'True')
    )
  }
  for (const turn of [0, 1, 2]) {
    for (const name of names) report(name, REPORTED[stateOf(name, turn)])
    await until(() => names.every(name => isMarked(name, turn)))
  }
  // Both write what both saw, and then there is nothing more: whoever undid the other's work would go on doing so.
  await pause(700)
  const written = patches.length
  await pause(300)
  t.equal(patches.length, written)
  t.ok(both.every(({ marker }) => marker.queued('node') + marker.queued('status') === 0))
  t.ok(names.every(name => isMarked(name, 2)))
  t.ok(both.every(({ warned }) => warned.length === 0))
})

t.test('one controller goes on where the other ended', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  servePatches(server)
  for (const name of ['node1', 'node2']) {
    server.nodes.put(fakeNode(name))
    report(name)
  }
  const [one] = await Promise.all([startControlled(t, server), startControlled(t, server)])
  report('node1', REPORTED.Mixed)
  await one.stop()
  await until(() => nodeNow(server, 'node1').spec.taints?.[0]?.value === 'Mixed')
  report('node1')
  await until(() => nodeNow(server, 'node1').spec.taints === undefined)
  t.pass()
})
