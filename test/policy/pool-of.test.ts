import t from 'tap'
import { poolOf } from '../../src/policy/pool-of.ts'
import { configurationOf, poolNamed } from './evidence-builders.ts'

const everyNode = { matchLabels: {}, matchExpressions: [] }
const pools = [poolNamed('gpu', { mode: 'warn' }), poolNamed('rest', { nodeSelector: everyNode, mode: 'off' })]

t.test('the first pool whose selector matches is the pool', async t => {
  t.equal(poolOf({ labels: { pool: 'gpu' } }, configurationOf({ pools })).name, 'gpu')
  t.equal(poolOf({ labels: { pool: 'cpu' } }, configurationOf({ pools })).name, 'rest')
  t.equal(poolOf({ labels: { pool: 'gpu' } }, configurationOf({ pools: pools.toReversed() })).name, 'rest')
})

t.test("a node that no pool matches has the configuration's mode and snapshotter, judged by report", async t => {
  const configuration = configurationOf({ mode: 'audit', expectedSnapshotter: 'stargz', pools: pools.slice(0, 1) })
  t.strictSame(poolOf({ labels: {} }, configuration), {
    name: '',
    nodeSelector: everyNode,
    mode: 'audit',
    expectedSnapshotter: 'stargz',
    evidence: 'report',
    readyLabels: {},
  })
})
