import { addPosting, type Postings, removePosting } from './postings.ts'

type Labels = Readonly<Record<string, string>>

/** The labels of no node. */
export const noLabels: Labels = Object.freeze({})

/** Moves a slot's posting lists from one set of labels to another; costs only what differs. */
export const replaceLabels = (postings: Postings, slot: number, before: Labels, after: Labels): void => {
  if (before === after) return
  forEachDifference(before, after, (key, value) => removePosting(postings, key, value, slot))
  forEachDifference(after, before, (key, value) => addPosting(postings, key, value, slot))
}

const forEachDifference = (labels: Labels, other: Labels, visit: (key: string, value: string) => void): void => {
  for (const key of Object.keys(labels)) {
    const value = labels[key] ?? ''
    if (!Object.hasOwn(other, key) || other[key] !== value) visit(key, value)
  }
}
