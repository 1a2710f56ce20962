const DAY_MS = 86_400_000

const digits = (value: number, length: number): string => String(value).padStart(length, '0')

// The date of a day counted from 1970-01-01, by Howard Hinnant's civil_from_days.
const dateOf = (daysSinceEpoch: number): string => {
  const days = daysSinceEpoch + 719_468
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
}

/** The RFC 3339 time in UTC, to the millisecond, of milliseconds since 1970; '' for null. */
export const formatRfc3339 = (ms: number | null): string => {
  if (ms === null) return ''
  const day = Math.floor(ms / DAY_MS)
  const inDay = Math.floor(ms - day * DAY_MS)
  const time = [Math.floor(inDay / 3_600_000), Math.floor(inDay / 60_000) % 60, Math.floor(inDay / 1000) % 60]
  const fraction = inDay % 1000
  return `${dateOf(day)}T${time.map(part => digits(part, 2)).join(':')}${fraction === 0 ? '' : `.${digits(fraction, 3)}`}Z`
}
