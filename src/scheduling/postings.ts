import { type SlotSet, withoutSlot, withSlot } from './slot-set.ts'

/** Which slots carry a key at all, and which carry it with each value. */
export interface KeyPostings {
  present: SlotSet
  readonly values: Map<string, SlotSet>
}

/** Posting lists by key and value; a key or value that no slot carries any more is not kept. */
export type Postings = Map<string, KeyPostings>

/** Notes that the slot carries key=value; noting it twice changes nothing. */
export const addPosting = (postings: Postings, key: string, value: string, slot: number): void => {
  const known = postings.get(key)
  if (known === undefined) {
    postings.set(key, { present: slot, values: new Map([[value, slot]]) })
    return
  }
  known.present = withSlot(known.present, slot)
  const before = known.values.get(value)
  const after = withSlot(before, slot)
  if (after !== before) known.values.set(value, after)
}

/** Forgets that the slot carries key=value; forgetting what was not noted changes nothing. */
export const removePosting = (postings: Postings, key: string, value: string, slot: number): void => {
  const known = postings.get(key)
  const before = known?.values.get(value)
  if (known === undefined || before === undefined) return
  const after = withoutSlot(before, slot)
  if (after === undefined) known.values.delete(value)
  else if (after !== before) known.values.set(value, after)
  const present = withoutSlot(known.present, slot)
  if (present === undefined) postings.delete(key)
  else known.present = present
}
