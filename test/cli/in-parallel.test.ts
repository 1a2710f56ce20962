import t from 'tap'
import { inParallel } from '../../src/cli/in-parallel.ts'

t.test('results come in the order of the items, and no more than the limit are worked on at once', async t => {
  let working = 0
  let most = 0
  const results = await inParallel([30, 1, 20, 2, 10], 2, async item => {
    working += 1
    most = Math.max(most, working)
    for (let turn = 0; turn < item; turn++) await Promise.resolve()
    working -= 1
    return item * 2
  })
  t.strictSame(results, [60, 2, 40, 4, 20])
  t.equal(most, 2)
  t.strictSame(await inParallel([], 8, async item => item), [])
})

t.test('after a failure nothing more is begun', async t => {
  const begun: number[] = []
  const work = async (item: number): Promise<void> => {
    begun.push(item)
    await Promise.resolve()
    if (item === 1) throw new Error('no')
  }
  await t.rejects(inParallel([1, 2, 3, 4, 5, 6], 2, work), { message: 'no' })
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(begun, [1, 2])
})
