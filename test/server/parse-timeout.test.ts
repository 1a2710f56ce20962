import t from 'tap'
import { parseTimeout } from '../../src/server/parse-timeout.ts'

const good = [
  { name: 'an absent timeout is the default of timeoutSeconds', text: null, want: 10_000 },
  { name: 'whole seconds, as the API server sends them', text: '5s', want: 5000 },
  { name: 'several units add up', text: '0m1.5s250ms', want: 1750 },
  { name: 'the smallest units count', text: '500000us', want: 500 },
  { name: 'a fraction without a leading digit', text: '.5s', want: 500 },
  { name: 'more than the longest timeoutSeconds is cut to it', text: '1h', want: 30_000 },
]

for (const { name, text, want } of good) {
  t.test(name, async t => {
    t.strictSame(parseTimeout(text), { ok: true, value: want })
  })
}

for (const text of ['', '10', '10 s', '-5s', '0s', 'soon', '1d', '1.2.3s', 's']) {
  t.test(`${JSON.stringify(text)} is no duration to wait`, async t => {
    const message = `expected a Go duration of more than 0, such as 10s, found ${JSON.stringify(text)}`
    t.strictSame(parseTimeout(text), { ok: false, problems: [{ path: 'timeout', message }] })
  })
}
