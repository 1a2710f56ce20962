import { addPosting, type Postings, removePosting } from './postings.ts'

type Labels = Readonly<Record<string, string>>

/** The labels of no node; without a prototype, so that any key may be read from it. */
export const noLabels: Labels = Object.freeze(Object.create(null))

/** Moves a slot's posting lists from one set of labels to another; costs only what differs. */
export const replaceLabels = (postings: Postings, slot: number, before: Labels, after: Labels): void => {
  if (before === after) return
  for (const key of Object.keys(before)) {
    const value = before[key] ?? ''
    if (!hasLabel(after, key, value)) removePosting(postings, key, value, slot)
  }
  // Filling the index is all about nodes that had no labels before, so that the question is not asked then.
  const isNew = before === noLabels
  for (const key of Object.keys(after)) {
    const value = after[key] ?? ''
    if (isNew || !hasLabel(before, key, value)) addPosting(postings, key, value, slot)
  }
}

// Thirty labels a node make Object.hasOwn half the cost of an update: it is asked only about a value that already is the
// same string, which nothing that an object inherits can be.
const hasLabel = (labels: Labels, key: string, value: string): boolean =>
  labels[key] === value && Object.hasOwn(labels, key)
