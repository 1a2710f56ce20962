const signedDigits = /^[+-]?[0-9]+$/
const canonicalDigits = /^(?:0|-?[1-9][0-9]*)$/
// A JavaScript number holds every integer of fifteen digits exactly.
const exactLength = 15
const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

/** Go's strconv.ParseInt(text, 10, 64): an optional sign and digits within 64 bits; null where it would fail. */
export const parseInt64 = (text: string): number | bigint | null => {
  if (!signedDigits.test(text)) return null
  if (text.length <= exactLength) return Number(text)
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value < smallest || value > largest ? null : value
}

/** The stricter integer of Lt and Gt tolerations (apimachinery content.IsDecimalInteger): no plus, no leading zero, no -0. */
export const parseDecimalInt64 = (text: string): number | bigint | null =>
  canonicalDigits.test(text) ? parseInt64(text) : null
