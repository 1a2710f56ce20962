const PATTERN = /^soci-guard-(0|[1-9]\d{0,2})$/

/** The name of the object with this index. */
export const shardName = (index: number): string => `soci-guard-${index}`

/** The index in a name of ours; null of any other name, whose object is not ours. */
export const shardIndex = (name: string): number | null => {
  const digits = PATTERN.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
