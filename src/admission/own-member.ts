/** The own member of a JSON object, undefined for anything else; labels called `constructor` or `__proto__` occur. */
export const ownMember = (value: unknown, key: string): unknown =>
  isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** The value at the end of a path of own members, undefined where the path ends early. */
export const ownMemberAt = (value: unknown, path: readonly string[]): unknown => path.reduce(ownMember, value)

/** True for a JSON object, false for null, arrays and everything else. */
export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
