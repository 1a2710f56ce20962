import fc from 'fast-check'
import t from 'tap'
import { parseRfc3339Ms } from '../../src/report/rfc3339.ts'

t.test('every time that Date can write is read as Date reads it', async t => {
  const times = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(fc.property(times, time => parseRfc3339Ms(time.toISOString()) === time.getTime()))
  t.pass('for random times of all years')
})

const CASES = [
  { text: '2026-11-22T08:00:00Z', same: '2026-11-22T08:00:00.000Z' },
  { text: '2026-11-22T08:00:00.123456789Z', same: '2026-11-22T08:00:00.123Z' },
  { text: '2026-11-22T08:00:00.5Z', same: '2026-11-22T08:00:00.500Z' },
  { text: '2026-11-22T10:00:00+02:00', same: '2026-11-22T08:00:00.000Z' },
  { text: '2026-11-21T22:30:00-09:30', same: '2026-11-22T08:00:00.000Z' },
  { text: '2024-02-29t23:59:60z', same: '2024-03-01T00:00:00.000Z' },
]

for (const { text, same } of CASES) {
  t.test(`${text} is ${same}`, async t => t.equal(parseRfc3339Ms(text), Date.parse(same)))
}

for (const text of [
  '',
  'yesterday',
  '2026-11-22',
  '2026-11-22T08:00:00',
  '2026-13-22T08:00:00Z',
  '2026-00-22T08:00:00Z',
  '2026-11-32T08:00:00Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T08:60:00Z',
  '1700000000',
]) {
  t.test(`"${text}" is not an RFC 3339 time`, async t => t.equal(parseRfc3339Ms(text), null))
}
