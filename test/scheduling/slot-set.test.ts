import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Bitset, forEachSlot } from '../../src/scheduling/bitset.ts'
import { addAll, dropAll, keepOnly, type SlotSet, withoutSlot, withSlot } from '../../src/scheduling/slot-set.ts'

const changes = fc.array(fc.record({ add: fc.boolean(), slot: fc.nat({ max: 120 }) }), { maxLength: 300 })
// Enough distinct slots that a list turns into bits.
const many = Array.from({ length: 100 }, (_, slot) => ({ add: true, slot }))

const build = (steps: readonly { add: boolean; slot: number }[]) => {
  const want = new Set<number>()
  let set: SlotSet | undefined
  for (const { add, slot } of steps) {
    if (add) set = withSlot(set, slot)
    else if (set !== undefined) set = withoutSlot(set, slot)
    if (add) want.add(slot)
    else want.delete(slot)
  }
  return { set, want }
}

const applied = (change: (bits: Bitset, set: SlotSet | undefined) => void, set: SlotSet | undefined): Set<number> => {
  const bits = new Bitset()
  for (let slot = 0; slot < 130; slot += 2) bits.set(slot)
  change(bits, set)
  const members = new Set<number>()
  forEachSlot(bits, slot => members.add(slot))
  return members
}

const even = new Set(Array.from({ length: 65 }, (_, at) => at * 2))

for (const [name, before] of [
  ['few', []],
  ['many', many],
] as const) {
  t.test(`a slot set of ${name} slots acts on bits like a set, in whichever form it is`, async () => {
    fc.assert(
      fc.property(changes, steps => {
        const { set, want } = build([...before, ...steps])
        assert.equal(set === undefined, want.size === 0)
        const kept = [...even].filter(slot => want.has(slot))
        const left = [...even].filter(slot => !want.has(slot))
        assert.deepEqual(applied(keepOnly, set), new Set(kept))
        assert.deepEqual(applied(addAll, set), new Set([...even, ...want]))
        assert.deepEqual(applied(dropAll, set), new Set(left))
      }),
    )
  })
}

t.test('the form follows the number of slots', async t => {
  t.equal(build([{ add: true, slot: 7 }]).set, 7)
  t.strictSame(
    build([
      { add: true, slot: 7 },
      { add: true, slot: 9 },
    ]).set,
    [7, 9],
  )
  t.ok(build(many).set instanceof Bitset)
})
