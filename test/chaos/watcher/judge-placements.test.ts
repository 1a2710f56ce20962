import t from 'tap'
import type { EtcdChange } from './etcd-feed.ts'
import { historyOf } from './history.ts'
import { judgePlacements } from './judge-placements.ts'

const TERMS = { allowanceMs: 2_000, serverDown: [] as { fromMs: number; toMs: number }[], exempt: ['kube-system'] }

const HEALTHY = {
  nodeUID: 'u1',
  bootID: 'b1',
  verified: true,
  runtime: { criError: '' },
  defaultSnapshotter: { name: 'soci' },
  snapshotters: [{ name: 'soci', responds: true }],
  containers: { foreign: [] },
  images: { foreign: [], stranded: [], missing: [] },
}

let revision = 0

const change = (key: string, atMs: number, object?: object): EtcdChange => ({
  key: `/registry/${key}`,
  revision: ++revision,
  object: object as Record<string, unknown> | undefined,
  atMs,
})

const node = (atMs: number, { name = 'n1', uid = 'u1', bootID = 'b1' } = {}) =>
  change(`minions/${name}`, atMs, { metadata: { uid }, status: { nodeInfo: { bootID } } })

const report = (atMs: number, spec: object = {}, name = 'n1') =>
  change(`soci-guard.dev/nodesnapshotters/${name}`, atMs, { spec: { ...HEALTHY, ...spec } })

const pod = (atMs: number, nodeName?: string, key = 'default/p') =>
  change(`pods/${key}`, atMs, { spec: nodeName ? { nodeName } : {} })

/** A pod bound to n1 at a moment, its request ten milliseconds before. */
const bound = (atMs: number, key = 'default/p') => [pod(atMs - 100, undefined, key), pod(atMs, 'n1', key)]

const judge = (changes: EtcdChange[], terms: Partial<typeof TERMS> = {}, receivedMs?: number) =>
  judgePlacements(historyOf(changes, 0.55), ({ atMs }) => receivedMs ?? atMs - 10, { ...TERMS, ...terms })

const OTHER_DEFAULT = { defaultSnapshotter: { name: 'overlayfs' } }

const MIXED = { containers: { foreign: [{ id: 'c1' }] } }

t.test('a placement on a node that was last said to be Ready is right', async t => {
  t.match(judge([node(0), report(1), ...bound(50_000)]), { judged: 1, violations: [], inFlight: [] })
})

const BAD: { name: string; changes: () => EtcdChange[] }[] = [
  { name: 'a Mixed node', changes: () => [node(0), report(1), report(10_000, MIXED)] },
  {
    name: 'another default',
    changes: () => [node(0), report(1), report(10_000, OTHER_DEFAULT)],
  },
  {
    name: 'a plugin that does not answer',
    changes: () => [node(0), report(1), report(10_000, { snapshotters: [{ name: 'soci', responds: false }] })],
  },
  { name: 'a later boot', changes: () => [node(0), report(1), node(10_000, { bootID: 'b2' })] },
  { name: 'a Node made anew', changes: () => [node(0), report(1), node(10_000, { uid: 'u2' })] },
  {
    name: 'a report taken away',
    changes: () => [node(0), report(1), change('soci-guard.dev/nodesnapshotters/n1', 10_000)],
  },
  {
    name: 'a report that is not verified',
    changes: () => [
      ...[node(0, { name: 'n2' }), report(1, {}, 'n2')],
      ...[node(0), report(1), report(10_000, { verified: false })],
    ],
  },
]

for (const { name, changes } of BAD)
  t.test(`a placement long after ${name} was delivered is a violation`, async t => {
    const { violations } = judge([...changes(), ...bound(13_000)])
    t.match(violations, [{ node: 'n1', pod: 'p', lagMs: 2_990 }])
  })

t.test('a placement that was in flight is counted with its lag and is no violation', async t => {
  const { violations, inFlight } = judge([node(0), report(1), report(10_000, MIXED), ...bound(10_500)])
  t.strictSame(violations, [])
  t.match(inFlight, [{ node: 'n1', lagMs: 490 }])
})

t.test('a request that waited long in the API server counts from when it came', async t => {
  const changes = [node(0), report(1), report(10_000, MIXED), ...bound(14_000)]
  t.match(judge(changes, {}, 9_500), { violations: [], inFlight: [{ lagMs: -500 }] })
})

t.test('a node that only changed what is wrong with it counts from the first wrong', async t => {
  const changes = [node(0), report(1), report(10_000, MIXED), report(12_500, OTHER_DEFAULT), ...bound(13_000)]
  t.equal(judge(changes).violations.length, 1)
})

t.test('a node that was Ready in between counts from the last time it was not', async t => {
  const changes = [node(0), report(1), report(10_000, MIXED), report(12_000), report(12_500, MIXED), ...bound(13_000)]
  t.match(judge(changes), { violations: [], inFlight: [{ lagMs: 490 }] })
})

t.test('a revision after the placement does not count, whenever it was seen', async t => {
  const [, created] = [node(0), pod(9_000)]
  const changes = [node(0), report(1), created, pod(10_000, 'n1'), report(10_000, MIXED)]
  t.match(judge(changes), { judged: 1, violations: [], inFlight: [] })
})

t.test('while the API server is back for a short time only, nobody can have heard', async t => {
  const changes = [node(0), report(1), report(10_000, MIXED), ...bound(16_000)]
  const down = (fromMs: number, toMs: number) => ({
    serverDown: [
      { fromMs: 4_000, toMs: 5_000 },
      { fromMs, toMs },
    ],
  })
  t.match(judge(changes, down(9_000, 15_000)), { violations: [], inFlight: [{ lagMs: 990 }] })
  t.match(judge(changes, down(9_000, 17_000)), { violations: [], inFlight: [{ lagMs: -1_010 }] }, 'while it comes up')
  t.match(judge(changes, down(20_000, 21_000)).violations, [{ lagMs: 5_990 }], 'what comes later does not count')
})

t.test('what the brake holds is no violation, and what it does not hold is', async t => {
  const silent = () => [node(0), report(1), report(10_000, { verified: false }), ...bound(20_000)]
  t.match(
    judge(silent()),
    { judged: 1, violations: [], inFlight: [] },
    'the only node of all is more than the fraction',
  )
  const mixed = [node(0, { name: 'n2' }), node(0), report(1), report(10_000, MIXED), ...bound(20_000)]
  t.equal(judge(mixed).violations.length, 1, 'n2 has no report, so half of the nodes are unverified, and n1 is mixed')
})

t.test('exempt namespaces are counted apart', async t => {
  const changes = [node(0), report(1, MIXED), ...bound(10_000, 'kube-system/p')]
  t.match(judge(changes), { judged: 0, exempt: 1, violations: [] })
})

t.test(
  'a placement without a line in the audit log is judged with the oldest request that it can have had',
  async t => {
    const changes = [node(0), report(1), report(10_000, MIXED), ...bound(30_000)]
    const history = historyOf(changes, 0.55)
    t.match(judgePlacements(history, () => undefined, TERMS).violations, [{ lagMs: 10_000 }])
  },
)

t.test('a pod created with its node is a placement too', async t => {
  const changes = [node(0), report(1, MIXED), pod(10_000, 'n1')]
  t.match(judge(changes).violations, [{ direct: true }])
})
