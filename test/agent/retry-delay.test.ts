import fc from 'fast-check'
import t from 'tap'
import { retryDelayMs } from '../../src/agent/retry-delay.ts'

const longest = (failures: number) => retryDelayMs(failures, 500, 30_000, () => 0)

t.test('delays double up to the longest one', async t => {
  t.strictSame([1, 2, 3, 6, 7, 8].map(longest), [500, 1000, 2000, 16_000, 30_000, 30_000])
  t.equal(longest(100_000), 30_000, 'however long it lasts')
})

t.test('chance takes off up to a half, so that nodes do not come back together', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, chance) => {
        const delay = retryDelayMs(failures, 500, 30_000, () => chance)
        return delay > longest(failures) / 2 && delay <= longest(failures)
      },
    ),
  )
})
