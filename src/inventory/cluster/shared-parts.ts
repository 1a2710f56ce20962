/** Keeps one copy of values that many nodes have in common. */
export interface SharedParts {
  text(value: string): string
  /** The labels with shared values. */
  texts(values: Readonly<Record<string, string>>): Readonly<Record<string, string>>
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

  const text = (value: string): string => share(value, value)

  return {
    text,
    texts: values => {
      const shared: Record<string, string> = {}
      for (const key of Object.keys(values)) define(shared, key, text(values[key] as string))
      return shared
    },
    part: value => {
      const key = JSON.stringify(value)
      // The prefix keeps apart a text and a part whose JSON is that text.
      return key.length > MAX_PART_CHARACTERS ? value : share(`\0${key}`, value)
    },
  }
}

// Assigning to __proto__ would be lost.
const define = (object: Record<string, string>, key: string, value: string): void => {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  else object[key] = value
}
