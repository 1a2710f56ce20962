import type { Test } from 'tap'

/** Asserts strictly on the members that `want` has, and leaves the others open. */
export const sameParts = (t: Test, found: object, want: object, name = 'as wanted'): void => {
  const parts = Object.fromEntries(
    Object.keys(want).map(key => [key, Object.getOwnPropertyDescriptor(found, key)?.value]),
  )
  t.strictSame(parts, want, name)
}
