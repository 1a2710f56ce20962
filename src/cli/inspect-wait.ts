import { GuardError } from '../errors.ts'

const UNIT_MS: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of --wait: a number with ms, s, m or h behind it, seconds without; 0 without the flag. A GuardError for anything else. */
export const readWait = (text: string | undefined): number => {
  if (text === undefined) return 0
  const match = /^(\d{1,6})(ms|s|m|h)?$/.exec(text)
  if (match === null) {
    throw new GuardError('SOCI_GUARD_USAGE', `--wait ${text}: expected a duration such as 60s or 2m`)
  }
  return Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0)
}
