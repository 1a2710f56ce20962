import { isDeepStrictEqual } from 'node:util'
import { textOf } from '../../report/facts/raw-fields.ts'

/** The list as it was when the new one has the same records in whatever order: what was made of it is good still. */
export const unchangedOr = (before: readonly unknown[], after: readonly unknown[], key: string): readonly unknown[] => {
  if (before.length !== after.length) return after
  const kept = new Set(before)
  const fresh = after.filter(record => !kept.delete(record))
  const old = new Map([...kept].map(record => [textOf(record, key), record]))
  const isOld = (record: unknown): boolean => isDeepStrictEqual(old.get(textOf(record, key)), record)
  return old.size === fresh.length && fresh.every(isOld) ? before : after
}
