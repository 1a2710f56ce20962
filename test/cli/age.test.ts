import t from 'tap'
import { formatAge } from '../../src/cli/age.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

// The table of apimachinery's pkg/util/duration TestHumanDuration, and its boundaries.
const CASES: readonly [ageMs: number, want: string][] = [
  [SECOND, '1s'],
  [70 * SECOND, '70s'],
  [190 * SECOND, '3m10s'],
  [70 * MINUTE, '70m'],
  [47 * HOUR, '47h'],
  [49 * HOUR, '2d1h'],
  [8 * DAY + 2 * HOUR, '8d'],
  [367 * DAY, '367d'],
  [2 * YEAR, '2y'],
  [4 * YEAR, '4y'],
  [YEAR * 2 + 55 * DAY + 7 * HOUR, '2y55d'],
  [YEAR * 8 + 55 * DAY + 7 * HOUR, '8y'],
  [0, '0s'],
  [119 * SECOND, '119s'],
  [120 * SECOND, '2m'],
  [10 * MINUTE, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [7 * HOUR + 59 * MINUTE, '7h59m'],
  [8 * HOUR + 59 * MINUTE, '8h'],
  [2 * DAY, '2d'],
  [-SECOND, '0s'],
  [-1900, '0s'],
  [-2 * SECOND, '<invalid>'],
]

t.test('an age is written as kubectl writes it', async t => {
  const createdMs = Date.parse('2026-11-22T10:00:00Z')
  for (const [ageMs, want] of CASES) t.equal(formatAge('2026-11-22T10:00:00Z', createdMs + ageMs), want)
})

t.test('without a timestamp the age is unknown', async t => {
  t.equal(formatAge('', 0), '<unknown>')
  t.equal(formatAge('yesterday', 0), '<unknown>')
})
