import type { Bitset } from './bitset.ts'
import type { Toleration } from './pod-constraints.ts'
import { addPosting, type KeyPostings, type Postings, removePosting } from './postings.ts'
import type { Taint } from './scheduling-node.ts'
import { dropAll } from './slot-set.ts'
import { concernsTaint, keepsPodsOff, toleratesValue } from './tolerations.ts'

/** Which slots carry which taint, so that a toleration is held against each distinct taint and not against each node. */
export interface TaintIndex {
  replace(slot: number, before: readonly Taint[], after: readonly Taint[]): void
  /** Takes from `bits` every slot with a NoSchedule or NoExecute taint that none of the tolerations tolerates. */
  dropUntolerated(bits: Bitset, tolerations: readonly Toleration[]): void
}

/** An index without taints. */
export const createTaintIndex = (): TaintIndex => {
  const byEffect = new Map<string, Postings>([
    ['NoSchedule', new Map()],
    ['NoExecute', new Map()],
  ])
  const forEachPosting = (taints: readonly Taint[], visit: (postings: Postings, taint: Taint) => void): void => {
    for (const taint of taints.filter(keepsPodsOff)) {
      const postings = byEffect.get(taint.effect)
      if (postings !== undefined) visit(postings, taint)
    }
  }
  return {
    replace: (slot, before, after) => {
      if (sameTaints(before, after)) return
      forEachPosting(before, (postings, { key, value }) => removePosting(postings, key, value, slot))
      forEachPosting(after, (postings, { key, value }) => addPosting(postings, key, value, slot))
    },
    dropUntolerated: (bits, tolerations) => {
      for (const [effect, postings] of byEffect) {
        for (const [key, slots] of postings) {
          const concerned = tolerations.filter(toleration => concernsTaint(toleration, { key, effect }))
          dropUntoleratedValues(bits, slots, concerned)
        }
      }
    },
  }
}

const dropUntoleratedValues = (bits: Bitset, slots: KeyPostings, tolerations: readonly Toleration[]): void => {
  if (tolerations.length === 0) dropAll(bits, slots.present)
  else if (!tolerations.some(({ operator }) => operator === 'Exists')) {
    for (const [value, slotsOfValue] of slots.values) {
      if (!tolerations.some(toleration => toleratesValue(toleration, value))) dropAll(bits, slotsOfValue)
    }
  }
}

const sameTaints = (before: readonly Taint[], after: readonly Taint[]): boolean =>
  before === after || (before.length === after.length && before.every((taint, at) => sameTaint(taint, after[at])))

const sameTaint = (taint: Taint, other: Taint | undefined): boolean =>
  taint.key === other?.key && taint.value === other.value && taint.effect === other.effect
