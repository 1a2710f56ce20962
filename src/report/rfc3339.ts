const PATTERN = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's days_from_civil), because Date is a clock's class
// and would accept far more than RFC 3339.
const daysSinceEpoch = (year: number, month: number, day: number): number => {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Milliseconds since 1970 of an RFC 3339 time, finer fractions cut off; null when the text is not one. */
export const parseRfc3339Ms = (text: string): number | null => {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const part = (group: number): number => Number(match[group] ?? 0)
  if (part(2) < 1 || part(2) > 12 || part(3) < 1 || part(3) > 31 || part(4) > 23 || part(5) > 59 || part(6) > 60)
    return null
  const offsetMinutes = (part(9) * 60 + part(10)) * (match[8] === '-' ? -1 : 1)
  const minutes = daysSinceEpoch(part(1), part(2), part(3)) * 1440 + part(4) * 60 + part(5) - offsetMinutes
  return minutes * 60_000 + part(6) * 1000 + Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
}
