import t, { type Test } from 'tap'
import { createBlockedNodesKeeper } from '../../../src/controller/blocked-nodes/blocked-nodes-keeper.ts'
import { splitBlocked } from '../../../src/controller/blocked-nodes/blocked-text.ts'
import { createVerdictFeed } from '../../../src/controller/verdict-feed.ts'
import type { GuardConfiguration } from '../../../src/policy/configuration.ts'
import { configurationOf } from '../../support/cluster-view.ts'
import { until } from '../../support/until.ts'
import { verdictOf } from '../verdicts.ts'
import { createFakeStore, type FakeStore } from './fake-store.ts'

const MIXED = { state: 'Mixed', reason: 'ImagesStranded' } as const
const ROUND_MS = 40

const start = (
  t: Test,
  { store = createFakeStore(), verifyMs = 60_000 }: { store?: FakeStore; verifyMs?: number } = {},
) => {
  const { feed, take } = createVerdictFeed()
  const situation: { configuration: GuardConfiguration; brake: string | null } = {
    configuration: configurationOf(),
    brake: null,
  }
  const lines: string[] = []
  const counts: { nodes: number; writes: number }[] = []
  let failures = 0
  const log = {
    info: (_: object, line: string) => lines.push(line),
    warn: (_: object, line: string) => lines.push(line),
  }
  const keeper = createBlockedNodesKeeper({
    store: () => store,
    feed,
    brake: { reason: () => situation.brake },
    configuration: () => situation.configuration,
    recorder: { published: count => counts.push(count), failed: () => failures++ },
    log,
    nowMs: () => performance.now(),
    random: () => 0,
    times: { roundMs: ROUND_MS, verifyMs, longestRetryMs: 4 * ROUND_MS },
  })
  t.teardown(() => keeper.stop())
  const bad = (name: string, differing: object = MIXED): void => take(name, verdictOf({ node: name, ...differing }))
  const nodes = (): string[] =>
    [...store.objects.values()].flatMap(({ text }) => [...splitBlocked(JSON.parse(text).blocked).keys()].sort())
  return { keeper, store, take, bad, nodes, situation, lines, counts, failures: () => failures }
}

t.test('nothing is read or written before it is started', async t => {
  const { store, bad } = start(t)
  bad('n1')
  await new Promise(resolve => setTimeout(resolve, 3 * ROUND_MS))
  t.strictSame(store.writes, [])
})

t.test('what is bad is written, what is good again is taken back, and what is gone goes', async t => {
  const { keeper, bad, take, nodes, counts } = start(t)
  bad('n1')
  bad('n2')
  bad('n3', {})
  keeper.start()
  await until(() => nodes().join() === 'n1,n2')
  bad('n1', {})
  await until(() => nodes().join() === 'n2')
  take('n2', undefined)
  await until(() => nodes().join() === '')
  t.match(counts.at(-1), { nodes: 0 })
})

t.test('a thousand changes at once are one write, and rounds keep their distance', async t => {
  const { keeper, store, bad, nodes } = start(t)
  keeper.start()
  await until(() => store.writes.length === 1)
  for (let index = 0; index < 1_000; index++) bad(`n${index}`)
  await until(() => nodes().length === 1_000)
  t.equal(store.writes.length, 2)
  for (let index = 0; index < 10; index++) {
    bad(`m${index}`)
    await until(() => nodes().length === 1_001 + index)
  }
  const gaps = store.writes.slice(1).map(({ atMs }, index) => atMs - (store.writes[index]?.atMs ?? 0))
  t.ok(Math.min(...gaps) >= ROUND_MS - 3, gaps.join())
})

t.test('a change after a quiet time is written at once', async t => {
  const { keeper, store, bad } = start(t)
  keeper.start()
  await until(() => store.writes.length === 1)
  await new Promise(resolve => setTimeout(resolve, 3.5 * ROUND_MS))
  const changedMs = performance.now()
  bad('n1')
  await until(() => store.writes.length === 2)
  t.ok((store.writes[1]?.atMs ?? 0) - changedMs < ROUND_MS / 2)
})

t.test('what changes nothing that is written is not written', async t => {
  const { keeper, store, bad } = start(t)
  bad('n1')
  keeper.start()
  await until(() => store.writes.length === 1)
  bad('n1', { ...MIXED, message: 'in other words' })
  bad('n2', {})
  await new Promise(resolve => setTimeout(resolve, 3 * ROUND_MS))
  t.equal(store.writes.length, 1)
})

t.test('another configuration is written by itself', async t => {
  const { keeper, store, bad, nodes, situation } = start(t)
  bad('n1', { state: 'Unverified', reason: 'NoReport' })
  keeper.start()
  await until(() => nodes().join() === 'n1')
  situation.configuration = configurationOf({ unverified: 'warn', mode: 'audit' })
  await until(() => nodes().join() === '')
  t.match(JSON.parse(store.objects.get('soci-guard-0')?.text ?? ''), { rules: { mode: 'audit' } })
})

t.test('while the brake is on nothing is added for want of evidence, and what is there stays', async t => {
  const { keeper, bad, nodes, situation } = start(t)
  bad('early', { state: 'Unverified', reason: 'NoReport' })
  keeper.start()
  await until(() => nodes().join() === 'early')
  situation.brake = 'most nodes are Unverified'
  await new Promise(resolve => setTimeout(resolve, 2 * ROUND_MS))
  bad('late', { state: 'Unverified', reason: 'ReportStale' })
  bad('early', { state: 'Ready', advisories: ['EvidenceHeld'] })
  bad('mixed')
  await until(() => nodes().includes('mixed'))
  t.strictSame(nodes().sort(), ['early', 'mixed'])
  situation.brake = null
  await until(() => nodes().includes('late'))
  t.strictSame(nodes().sort(), ['late', 'mixed'], 'it goes on by itself')
})

t.test('a keeper that starts under the brake keeps what an earlier one wrote', async t => {
  const first = start(t)
  for (const name of ['n1', 'n2']) first.bad(name, { state: 'Unverified', reason: 'NoReport' })
  first.keeper.start()
  await until(() => first.nodes().length === 2)
  await first.keeper.stop()
  const second = start(t, { store: first.store })
  second.situation.brake = 'most nodes are Unverified'
  second.bad('n1', { state: 'Unverified', reason: 'NoReport' })
  second.bad('n3', { state: 'Unverified', reason: 'NoReport' })
  second.keeper.start()
  await until(() => second.counts.length === 1)
  t.strictSame(second.nodes(), ['n1'], 'n2 is gone, n3 was never in it')
})

t.test('what others delete, change or add under our names is put right', async t => {
  const { keeper, store, bad, nodes } = start(t, { verifyMs: 20 })
  bad('n1')
  keeper.start()
  await until(() => nodes().join() === 'n1')
  store.objects.delete('soci-guard-0')
  await until(() => nodes().join() === 'n1')
  store.objects.set('soci-guard-0', { text: JSON.stringify({ blocked: { 'Mixed: Because': ' good ' } }), version: '7' })
  await until(() => nodes().join() === 'n1')
  store.objects.set('soci-guard-5', { text: JSON.stringify({ blocked: { 'Mixed: Because': ' good ' } }), version: '8' })
  await until(() => store.objects.size === 1)
  t.strictSame(nodes(), ['n1'])
})

t.test('two keepers write the same and leave it at that', async t => {
  const one = start(t, { verifyMs: 20 })
  const other = start(t, { store: one.store, verifyMs: 20 })
  for (const { bad, keeper } of [one, other]) {
    bad('n1')
    keeper.start()
  }
  await until(() => one.counts.length > 3 && other.counts.length > 3)
  const { length } = one.store.writes
  t.ok(length <= 4, `${length}`)
  const version = one.store.objects.get('soci-guard-0')?.version
  await one.keeper.stop()
  other.bad('n2')
  await until(() => other.nodes().length === 2)
  t.not(one.store.objects.get('soci-guard-0')?.version, version)
})

t.test('failures are told once, and it goes on by itself', async t => {
  const { keeper, store, bad, nodes, lines, failures } = start(t)
  store.failure = Object.assign(new Error('the API server does not answer'), {})
  bad('n1')
  keeper.start()
  await until(() => failures() >= 3)
  t.strictSame(lines, ['BlockedNodes cannot be kept: the API server does not answer'])
  t.strictSame(keeper.remarks?.(), lines)
  store.failure = undefined
  await until(() => nodes().join() === 'n1')
  t.equal(lines.at(-1), 'BlockedNodes is kept')
  t.strictSame(keeper.remarks?.(), [])
})

t.test('a cluster without the definition is no error', async t => {
  const { keeper, store, lines, failures } = start(t)
  store.failure = Object.assign(new Error('the server could not find the requested resource'), { statusCode: 404 })
  keeper.start()
  await until(() => failures() >= 2)
  t.strictSame(lines, ['BlockedNodes is not served here: the policy inside the API server has nothing to go by'])
})

t.test('a failure in the midst of several writes is made up for', async t => {
  const { keeper, store, bad, nodes, failures } = start(t)
  keeper.start()
  await until(() => store.writes.length === 1)
  store.failure = new Error('gone')
  bad('n1')
  await until(() => failures() >= 1)
  bad('n2')
  store.failure = undefined
  await until(() => nodes().join() === 'n1,n2')
  t.pass()
})

t.test('it stops at once, also where it was never started', async t => {
  const { keeper } = start(t)
  await keeper.stop()
  const other = start(t)
  other.keeper.start()
  await other.keeper.stop()
  const { length } = other.store.writes
  other.bad('n1')
  await new Promise(resolve => setTimeout(resolve, 3 * ROUND_MS))
  t.equal(other.store.writes.length, length)
})
