const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS

const twoUnits = (ms: number, big: readonly [number, string], small: readonly [number, string]): string => {
  const whole = Math.floor(ms / big[0])
  const rest = Math.floor((ms % big[0]) / small[0])
  return rest === 0 ? `${whole}${big[1]}` : `${whole}${big[1]}${rest}${small[1]}`
}

// Below each limit: the larger unit, and the smaller one where it still matters.
const STEPS: readonly (readonly [limitMs: number, (ms: number) => string])[] = [
  [2 * MINUTE_MS, ms => `${Math.floor(ms / SECOND_MS)}s`],
  [10 * MINUTE_MS, ms => twoUnits(ms, [MINUTE_MS, 'm'], [SECOND_MS, 's'])],
  [3 * HOUR_MS, ms => `${Math.floor(ms / MINUTE_MS)}m`],
  [8 * HOUR_MS, ms => twoUnits(ms, [HOUR_MS, 'h'], [MINUTE_MS, 'm'])],
  [2 * DAY_MS, ms => `${Math.floor(ms / HOUR_MS)}h`],
  [8 * DAY_MS, ms => twoUnits(ms, [DAY_MS, 'd'], [HOUR_MS, 'h'])],
  [2 * YEAR_MS, ms => `${Math.floor(ms / DAY_MS)}d`],
  [8 * YEAR_MS, ms => twoUnits(ms, [YEAR_MS, 'y'], [DAY_MS, 'd'])],
]

/** The time since an RFC 3339 timestamp as kubectl writes it (apimachinery's duration.HumanDuration), `<unknown>` without one. */
export const formatAge = (timestamp: string, nowMs: number): string => {
  const sinceMs = Date.parse(timestamp)
  if (Number.isNaN(sinceMs)) return '<unknown>'
  const ageMs = nowMs - sinceMs
  // Two clocks may differ by a moment; beyond that the timestamp is wrong.
  if (ageMs <= -2 * SECOND_MS) return '<invalid>'
  const step = STEPS.find(([limitMs]) => ageMs < limitMs)
  return step === undefined ? `${Math.floor(ageMs / YEAR_MS)}y` : step[1](Math.max(0, ageMs))
}
