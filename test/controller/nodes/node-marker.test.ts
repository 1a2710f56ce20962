import t from 'tap'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { type FakeNode, nodeNow, servePatches } from '../../support/fake-node-patches.ts'
import { until } from '../../support/until.ts'
import { createReporter, REPORTED, startControlled, startServer } from './controlled.ts'

const TAINT = 'soci-guard.dev/snapshotter'
const OTHERS = { key: 'example.com/other', value: 'theirs', effect: 'NoExecute', timeAdded: '2026-11-22T09:00:00Z' }

/** The node's own marks, as a test reads them. */
const marksIn = ({ metadata, spec, status }: FakeNode) => ({
  taint: spec.taints?.find(({ key }) => key === TAINT)?.value ?? null,
  label: metadata.labels?.['soci-guard.dev/state'] ?? null,
  condition: status.conditions?.find(({ type }) => type === 'SnapshotterReady')?.status ?? null,
})

const bad = (state: string, status = 'False') => ({ taint: state, label: state, condition: status })
const GOOD = { taint: null, label: 'Ready', condition: 'True' }
const NOTHING = { taint: null, label: null, condition: null }

const nodeWith = (name: string, taints: object[] = [], labels: Record<string, string> = {}) => ({
  ...fakeNode(name, labels),
  spec: { taints },
})

t.test('a node that turns bad is marked at once, and unmarked at once when it is good again', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  servePatches(server)
  server.nodes.put(nodeWith('node1', [OTHERS], { team: 'a' }))
  server.nodes.put(fakeNode('node2'))
  for (const name of ['node1', 'node2']) report(name)
  await startControlled(t, server)
  const marks = (name: string) => marksIn(nodeNow(server, name))
  await until(() => JSON.stringify([marks('node1'), marks('node2')]) === JSON.stringify([GOOD, GOOD]))

  const changedAtMs = performance.now()
  report('node1', REPORTED.Mixed)
  await until(() => marks('node1').taint === 'Mixed')
  t.ok(performance.now() - changedAtMs < 5000)
  await until(() => marks('node1').condition === 'False')
  t.strictSame(marks('node1'), bad('Mixed'))
  const { spec, metadata, status } = nodeNow(server, 'node1')
  t.strictSame(spec.taints, [OTHERS, { key: TAINT, value: 'Mixed', effect: 'NoSchedule' }])
  t.equal(metadata.labels?.team, 'a')
  t.match(status.conditions, [{ reason: 'ConfiguredAfterLaunch', lastHeartbeatTime: '2026-11-22T10:00:00Z' }])

  report('node1', REPORTED.NotDefault)
  await until(() => marks('node1').taint === 'NotDefault')
  report('node1')
  await until(() => JSON.stringify(marks('node1')) === JSON.stringify(GOOD))
  t.strictSame(nodeNow(server, 'node1').spec.taints, [OTHERS])
  t.strictSame(marks('node2'), GOOD)
})

t.test('a node without an agent is tainted, and what somebody else takes away comes back', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  servePatches(server)
  for (const name of ['node1', 'node2', 'node3']) server.nodes.put(fakeNode(name))
  for (const name of ['node1', 'node2']) report(name)
  await startControlled(t, server)
  const marks = () => marksIn(nodeNow(server, 'node3'))
  const isMarked = () => JSON.stringify(marks()) === JSON.stringify(bad('Unverified', 'Unknown'))
  await until(isMarked)
  server.nodes.put(fakeNode('node3'))
  t.strictSame(marks(), NOTHING)
  await until(isMarked)
})

t.test('a pool that warns has label and condition but no taint, and one that is off has nothing', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  servePatches(server)
  const taint = { key: TAINT, effect: 'NoSchedule' }
  server.nodes.put(nodeWith('warned', [taint], { pool: 'warned' }))
  server.nodes.put(nodeWith('left', [taint], { pool: 'left', 'soci-guard.dev/state': 'Mixed' }))
  for (const name of ['warned', 'left']) report(name, REPORTED.Mixed)
  const pool = (name: string, mode: 'warn' | 'off') => ({
    ...{ name, mode, expectedSnapshotter: 'soci', evidence: 'report' as const, readyLabels: {} },
    nodeSelector: { matchLabels: { pool: name }, matchExpressions: [] },
  })
  const controlled = await startControlled(t, server, {
    configuration: { pools: [pool('warned', 'warn'), pool('left', 'off')] },
  })
  const marks = (name: string) => marksIn(nodeNow(server, name))
  await until(() => marks('warned').condition === 'False' && marks('left').label === null)
  t.strictSame(marks('warned'), { taint: null, label: 'Mixed', condition: 'False' })
  t.strictSame(marks('left'), NOTHING)
  t.strictSame(nodeNow(server, 'left').metadata.labels, { 'kubernetes.io/hostname': 'left', pool: 'left' })

  controlled.configuration = { ...controlled.configuration, pools: [] }
  await until(() => marks('warned').taint === 'Mixed' && marks('left').condition === 'False')
  t.strictSame(marks('left'), bad('Mixed'))
})

t.test('the taint that a node registers with goes with the first Ready report, and is back after a reboot', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  servePatches(server)
  for (const name of ['node1', 'node2', 'node3']) {
    server.nodes.put(fakeNode(name))
    report(name)
  }
  await startControlled(t, server)
  const registered = nodeWith('new', [OTHERS, { key: TAINT, value: 'Registering', effect: 'NoSchedule' }])
  server.nodes.put(registered)
  const taint = () => marksIn(nodeNow(server, 'new')).taint
  await until(() => taint() === 'Unverified')
  report('new')
  await until(() => taint() === null)
  t.strictSame(nodeNow(server, 'new').spec.taints, [OTHERS])

  const node = nodeNow(server, 'new')
  server.nodes.put({
    ...node,
    status: { ...node.status, nodeInfo: { ...(node.status.nodeInfo as object), bootID: 'b2' } },
  })
  await until(() => taint() === 'Unverified')
  report('new', { bootID: 'b2' })
  await until(() => taint() === null)
})

t.test(
  'what was listed first takes no taint away until the agent has been heard, or a time to live has passed',
  async t => {
    const server = await startServer(t)
    const report = createReporter(server)
    const patches = servePatches(server)
    const taint = { key: TAINT, value: 'Unverified', effect: 'NoSchedule' }
    for (const name of ['heard', 'silent']) {
      server.nodes.put(nodeWith(name, [taint], { 'soci-guard.dev/state': 'Unverified' }))
      report(name)
    }
    server.nodes.put(fakeNode('fresh'))
    report('fresh')
    const controlled = await startControlled(t, server)
    const marks = (name: string) => marksIn(nodeNow(server, name))
    await until(() => marks('fresh').condition === 'True')
    t.equal(patches.filter(({ name }) => name !== 'fresh').length, 0)
    report('heard')
    await until(() => marks('heard').taint === null)
    t.equal(marks('silent').taint, 'Unverified')
    controlled.skip(90_000)
    for (const name of ['heard', 'fresh']) report(name)
    await until(() => controlled.roster.reportOf('fresh')?.sequence === 16)
    controlled.skip(61_000)
    await until(() => marks('silent').condition === 'Unknown')
    t.strictSame(marks('silent'), bad('Unverified', 'Unknown'), 'it is stale by now')
  },
)

t.test('a node of the same name that was made anew is another node', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  let isMadeAnew = false
  const patches = servePatches(server, name => {
    if (isMadeAnew) return false
    isMadeAnew = true
    const anew = fakeNode(name)
    server.nodes.put({ ...anew, metadata: { ...anew.metadata, uid: 'another' } })
    return false
  })
  server.nodes.put(fakeNode('node1'))
  report('node1', REPORTED.Mixed)
  await startControlled(t, server, { configuration: { outage: { fraction: 1, answer: 'hold' } } })
  await until(() => marksIn(nodeNow(server, 'node1')).condition === 'Unknown')
  t.strictSame(marksIn(nodeNow(server, 'node1')), bad('Unverified', 'Unknown'), 'the report is of the node before')
  t.equal(patches[0]?.code, 422)
})

t.test('a node that is gone is left at that', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  const patches = servePatches(server, (_name, _part, response) => {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"kind":"Status","message":"not found","code":404}')
    return true
  })
  server.nodes.put(fakeNode('node1'))
  report('node1', REPORTED.Mixed)
  const { writes, marker } = await startControlled(t, server)
  await until(() => writes.length === 2 && marker.queued('node') + marker.queued('status') === 0)
  t.strictSame(writes.sort(), ['node gone', 'status gone'])
  t.equal(patches.length, 2)
})
