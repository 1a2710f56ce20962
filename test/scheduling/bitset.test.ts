import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Bitset, forEachInIntersection, forEachSlot, intersectionCount } from '../../src/scheduling/bitset.ts'

const slots = fc.uniqueArray(fc.nat({ max: 200 }))

const bitsetOf = (members: readonly number[]): Bitset => {
  const bits = new Bitset()
  for (const slot of members) bits.set(slot)
  return bits
}

const membersOf = (bits: Bitset): number[] => {
  const members: number[] = []
  forEachSlot(bits, slot => members.push(slot))
  return members
}

const both = (a: readonly number[], b: readonly number[]): number[] => sorted(a.filter(slot => b.includes(slot)))
const either = (a: readonly number[], b: readonly number[]): number[] => sorted(new Set([...a, ...b]))
const without = (a: readonly number[], b: readonly number[]): number[] => sorted(a.filter(slot => !b.includes(slot)))
const sorted = (members: Iterable<number>): number[] => [...members].sort((a, b) => a - b)

t.test('a bitset holds what was set and not cleared, in order', async () => {
  fc.assert(
    fc.property(slots, slots, (added, dropped) => {
      const bits = bitsetOf(added)
      for (const slot of dropped) bits.clear(slot)
      const want = without(added, dropped)
      assert.deepEqual(membersOf(bits), want)
      assert.equal(bits.count(), want.length)
      assert.equal(bits.isEmpty(), want.length === 0)
      for (const slot of [...added, ...dropped, 5000]) assert.equal(bits.has(slot), want.includes(slot))
    }),
  )
})

t.test('the operations on two bitsets are those on sets, whatever their lengths', async () => {
  fc.assert(
    fc.property(slots, slots, (left, right) => {
      const changed = (change: (bits: Bitset, other: Bitset) => void): number[] => {
        const bits = bitsetOf(left)
        change(bits, bitsetOf(right))
        return membersOf(bits)
      }
      assert.deepEqual(
        changed((bits, other) => bits.and(other)),
        both(left, right),
      )
      assert.deepEqual(
        changed((bits, other) => bits.or(other)),
        either(left, right),
      )
      assert.deepEqual(
        changed((bits, other) => bits.andNot(other)),
        without(left, right),
      )
      assert.deepEqual(
        changed((bits, other) => bits.copyFrom(other)),
        sorted(right),
      )
      assert.deepEqual(
        changed(bits => bits.clearAll()),
        [],
      )
      assert.equal(intersectionCount(bitsetOf(left), bitsetOf(right)), both(left, right).length)
    }),
  )
})

t.test('a visitor that returns false sees no more slots', async t => {
  const seen: number[] = []
  forEachInIntersection(bitsetOf([1, 31, 32, 64, 99]), bitsetOf([1, 31, 32, 98, 99]), slot => {
    seen.push(slot)
    return seen.length < 3
  })
  t.strictSame(seen, [1, 31, 32])
})

t.test('a copy does not share its bits', async t => {
  const [copy, original] = [new Bitset(), bitsetOf([3])]
  copy.copyFrom(original)
  copy.set(4)
  t.strictSame(membersOf(original), [3])
})

t.test('a bitset with room for its slots does not replace its words', async t => {
  const bits = new Bitset(65)
  const { words } = bits
  bits.set(64)
  t.equal(bits.words, words)
  t.equal(words.length, 3)
})
