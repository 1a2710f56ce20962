/** How many of a kind a report lists: it is an object for every node of a cluster, at most 8 KiB. */
export const LISTED_AT_MOST = 10

const MAX_REFERENCE_CHARACTERS = 512

/** The references that a report lists, cut to what its schema takes. */
export const reportedReferences = (references: readonly string[]): string[] =>
  references.slice(0, LISTED_AT_MOST).map(reference => reference.slice(0, MAX_REFERENCE_CHARACTERS))
