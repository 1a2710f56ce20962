import t from 'tap'
import { createRandom } from './random.ts'

t.test('a seed repeats its numbers, and another gives others', async t => {
  const numbers = (seed: number) => {
    const random = createRandom(seed)
    return Array.from({ length: 20 }, () => random.between(1, 1_000))
  }
  t.strictSame(numbers(7), numbers(7))
  t.notSame(numbers(7), numbers(8))
  t.ok(numbers(7).every(number => number >= 1 && number <= 1_000))
})

t.test('shuffling loses nothing and leaves the list alone', async t => {
  const items = [1, 2, 3, 4, 5]
  t.strictSame(createRandom(1).shuffled(items).sort(), items)
  t.strictSame(items, [1, 2, 3, 4, 5])
})

t.test('there is nothing to pick from an empty list', async t => {
  t.throws(() => createRandom(1).pick([]), { message: 'there is nothing to pick from' })
})
