import t from 'tap'
import { planWrites } from '../../../src/controller/blocked-nodes/plan-writes.ts'
import { shardIndex } from '../../../src/controller/blocked-nodes/shard-name.ts'

const objects = (...texts: string[]) => new Map(texts.map((text, index) => [`soci-guard-${index}`, text]))

t.test('what is as it should be is not written', async t => {
  t.strictSame(planWrites(objects('a', 'b'), objects('a', 'b')), [])
  t.strictSame(planWrites(objects('a', 'c'), objects('a', 'b')), [{ kind: 'apply', name: 'soci-guard-1', text: 'c' }])
})

t.test('what is not known is written', async t => {
  t.strictSame(planWrites(objects('a'), objects('')), [{ kind: 'apply', name: 'soci-guard-0', text: 'a' }])
})

t.test('new objects come first, and those that go come last', async t => {
  t.strictSame(
    planWrites(objects('a', 'b'), objects('c')).map(({ name }) => name),
    ['soci-guard-1', 'soci-guard-0'],
  )
  t.strictSame(
    planWrites(objects('a'), objects('c', 'd', 'e')).map(({ kind, name }) => `${kind} ${name}`),
    ['apply soci-guard-0', 'delete soci-guard-2', 'delete soci-guard-1'],
  )
})

t.test('objects of other names are not ours', async t => {
  t.strictSame(
    ['soci-guard-0', 'soci-guard-12', 'soci-guard-', 'soci-guard-01', 'mine', 'soci-guard-1-x'].map(shardIndex),
    [0, 12, null, null, null, null],
  )
})
