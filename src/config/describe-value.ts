const MAX_SHOWN_CHARACTERS = 60

/** A value as a message shows it: text in quotes and shortened, scalars as they are, lists and mappings by their kind. */
export const describeValue = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…` : value)
}
