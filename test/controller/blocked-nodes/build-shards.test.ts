import fc from 'fast-check'
import t from 'tap'
import { backstopRules } from '../../../src/controller/blocked-nodes/backstop-rules.ts'
import { splitBlocked } from '../../../src/controller/blocked-nodes/blocked-text.ts'
import { buildShards, SHARD_BYTES } from '../../../src/controller/blocked-nodes/build-shards.ts'
import { planWrites } from '../../../src/controller/blocked-nodes/plan-writes.ts'
import { REASON_CATALOGUE } from '../../../src/policy/reason-catalogue.ts'
import { configurationOf } from '../../support/cluster-view.ts'

const rules = backstopRules(configurationOf())
const build = (entries: Iterable<readonly [string, string]>, count = 1, bytes?: number) =>
  buildShards({ entries: new Map(entries), rules }, count, bytes)
const many = (count: number, prefix = 'node'): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, 'Mixed: ImagesStranded'])
const nodesOf = (text: string): Record<string, string> => Object.fromEntries(splitBlocked(JSON.parse(text).blocked))
const union = (shards: ReadonlyMap<string, string>) => Object.assign({}, ...[...shards.values()].map(nodesOf))

t.test('one object says which nodes, why, what to do, and what holds for whom', async t => {
  const shards = build([
    ['c', 'Mixed: ImagesStranded'],
    ['b', 'Mixed: ImagesStranded'],
    ['a', 'Unverified: NoReport'],
  ])
  t.strictSame([...shards.keys()], ['soci-guard-0'])
  const text = shards.get('soci-guard-0') ?? ''
  t.strictSame(JSON.parse(text), {
    apiVersion: 'soci-guard.dev/v1alpha1',
    kind: 'BlockedNodes',
    metadata: {
      name: 'soci-guard-0',
      labels: { 'app.kubernetes.io/managed-by': 'soci-guard', 'app.kubernetes.io/part-of': 'soci-guard' },
    },
    count: 3,
    rules: { mode: 'enforce', namespaceModes: true, exemptNamespaces: [], exemptUsers: [], exemptGroups: [] },
    remedies: {
      'Mixed: ImagesStranded': REASON_CATALOGUE.ImagesStranded.remedy,
      'Unverified: NoReport': REASON_CATALOGUE.NoReport.remedy,
    },
    blocked: { 'Mixed: ImagesStranded': ' b c ', 'Unverified: NoReport': ' a ' },
  })
})

t.test('with no bad node there is one object, which names none', async t => {
  const shards = build([])
  t.equal(shards.size, 1)
  t.match(JSON.parse(shards.get('soci-guard-0') ?? ''), { count: 0, blocked: {}, remedies: {} })
})

t.test('the rules are those of the configuration, in one order', async t => {
  const exemptions = {
    namespaces: new Set(['b', 'a']),
    users: new Set(['y', 'x']),
    groups: new Set(['g']),
    runtimeClasses: new Set(['kata']),
    podSelector: null,
  }
  t.strictSame(backstopRules(configurationOf({ mode: 'audit', namespaceModes: false, exemptions })), {
    mode: 'audit',
    namespaceModes: false,
    exemptNamespaces: ['a', 'b'],
    exemptUsers: ['x', 'y'],
    exemptGroups: ['g'],
  })
})

t.test('the same nodes in another order are the same text', async t => {
  t.strictSame([...build(many(50))], [...build(many(50).reverse())])
})

t.test('every node is in one object, and none is longer than it may be', async t => {
  for (const count of [15_000, 60_000]) {
    const shards = build(many(count, 'ip-10-0-100-100.eu-central-1.compute.internal'))
    for (const text of shards.values()) t.ok(text.length < SHARD_BYTES + 5_000, `${text.length}`)
    const all = [...shards.values()].flatMap(text => Object.keys(nodesOf(text)))
    t.equal(all.length, count)
    t.equal(new Set(all).size, count)
    t.comment(`${count} nodes: ${shards.size} objects of ${[...shards.values()].map(text => text.length)}`)
  }
})

t.test('one more bad node changes one object', async t => {
  const before = build(many(1_000), 1, 3_000)
  t.ok(before.size > 2)
  const after = build([...many(1_000), ['another', 'Mixed: ImagesStranded']], before.size, 3_000)
  t.equal(planWrites(after, before).length, 1)
})

t.test('objects are not merged and split again with every node', async t => {
  const split = build(many(300), 1, 2_000)
  t.equal(split.size, 2)
  t.equal(build(many(200), split.size, 2_000).size, 2, 'they would fit into one that is nearly full')
  t.equal(build(many(50), split.size, 2_000).size, 1)
})

t.test('while objects are written, no node that stays bad is ever in none of them', async t => {
  const nodes = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 })
  const property = fc.property(nodes, nodes, fc.integer({ min: 100, max: 2_000 }), (one, other, bytes) => {
    const entriesOf = (numbers: number[]): [string, string][] => numbers.map(n => [`n${n}`, 'Mixed: ImagesStranded'])
    const before = build(entriesOf(one), 1, bytes)
    const after = build(entriesOf(other), before.size, bytes)
    const there = new Map(before)
    const stay = one.filter(number => other.includes(number)).map(number => `n${number}`)
    for (const step of planWrites(after, before)) {
      if (step.kind === 'delete') there.delete(step.name)
      else there.set(step.name, step.text)
      const now = union(there)
      if (!stay.every(name => Object.hasOwn(now, name))) return false
    }
    return JSON.stringify([...there].sort()) === JSON.stringify([...after].sort())
  })
  fc.assert(property, { numRuns: 200 })
  t.pass()
})
