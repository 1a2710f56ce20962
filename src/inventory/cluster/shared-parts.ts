/** Keeps one copy of values that many nodes have in common. */
export interface SharedParts {
  text(value: string): string
  /** One object for all that are equal as JSON. */
  part<Part>(value: Part): Part
}

// Beyond this the pool starts anew: names that only one node has must not pile up, and what is common is soon there again.
const MAX_KEPT = 4096
const MAX_PART_CHARACTERS = 2000

/** An empty pool. */
export const createSharedParts = (): SharedParts => {
  const kept = new Map<string, unknown>()

  const share = <Value>(key: string, value: Value): Value => {
    const known = kept.get(key)
    if (known !== undefined) return known as Value
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(key, value)
    return value
  }

  return {
    text: value => share(value, value),
    part: value => {
      const key = JSON.stringify(value)
      // The prefix keeps apart a text and a part whose JSON is that text.
      return key.length > MAX_PART_CHARACTERS ? value : share(`\0${key}`, value)
    },
  }
}
