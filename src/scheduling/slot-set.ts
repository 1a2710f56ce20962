import { Bitset } from './bitset.ts'

/**
 * The slots of one label value: a lone slot, a short list, or bits. Most values of a key like kubernetes.io/hostname
 * belong to one node, and a bitset each (1.9 KB at 15,000 nodes) would cost more than the nodes themselves.
 */
export type SlotSet = number | number[] | Bitset

const longestList = 64

/** The set with the slot in it; the same object where it could be changed in place. */
export const withSlot = (set: SlotSet | undefined, slot: number): SlotSet => {
  if (set === undefined) return slot
  if (typeof set === 'number') return set === slot ? set : [set, slot]
  if (set instanceof Bitset) {
    set.set(slot)
    return set
  }
  if (set.includes(slot)) return set
  set.push(slot)
  return set.length > longestList ? bitsOf(set) : set
}

/** The set without the slot, or undefined when nothing is left of it. */
export const withoutSlot = (set: SlotSet, slot: number): SlotSet | undefined => {
  if (typeof set === 'number') return set === slot ? undefined : set
  if (set instanceof Bitset) {
    set.clear(slot)
    return set.isEmpty() ? undefined : set
  }
  const at = set.indexOf(slot)
  if (at < 0) return set
  set[at] = set.at(-1) ?? slot
  set.pop()
  return set.length === 0 ? undefined : set
}

/** Keeps in `bits` only what the set holds. */
export const keepOnly = (bits: Bitset, set: SlotSet | undefined): void => {
  if (set instanceof Bitset) bits.and(set)
  else {
    const kept = listOf(set).filter(slot => bits.has(slot))
    bits.clearAll()
    for (const slot of kept) bits.set(slot)
  }
}

/** Adds to `bits` what the set holds. */
export const addAll = (bits: Bitset, set: SlotSet | undefined): void => {
  if (set instanceof Bitset) bits.or(set)
  else if (typeof set === 'number') bits.set(set)
  else if (set !== undefined) for (const slot of set) bits.set(slot)
}

/** Takes from `bits` what the set holds. */
export const dropAll = (bits: Bitset, set: SlotSet | undefined): void => {
  if (set instanceof Bitset) bits.andNot(set)
  else if (typeof set === 'number') bits.clear(set)
  else if (set !== undefined) for (const slot of set) bits.clear(slot)
}

const listOf = (set: number | number[] | undefined): readonly number[] => {
  if (set === undefined) return []
  return typeof set === 'number' ? [set] : set
}

const bitsOf = (slots: readonly number[]): Bitset => {
  const bits = new Bitset(Math.max(...slots) + 1)
  for (const slot of slots) bits.set(slot)
  return bits
}
