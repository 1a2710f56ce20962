import t, { type Test } from 'tap'
import { createPacedLoop } from '../../../src/controller/blocked-nodes/paced-loop.ts'
import { until } from '../../support/until.ts'

const TIMES = { roundMs: 20, longestRetryMs: 80 }

const start = (t: Test, turn: (count: number) => boolean) => {
  const stopping = new AbortController()
  const turns: number[] = []
  const errors: unknown[] = []
  const loop = createPacedLoop({
    turn: async () => ({ hasWritten: turn(turns.push(performance.now())) }),
    failed: error => errors.push(error),
    random: () => 0,
    times: TIMES,
    signal: stopping.signal,
  })
  t.teardown(() => stopping.abort())
  loop.start()
  const gaps = () => turns.slice(1).map((atMs, index) => atMs - (turns[index] ?? 0))
  return { loop, turns, errors, gaps, stopping }
}

t.test('attempts that fail come further and further apart, up to a limit', async t => {
  const { turns, gaps, errors } = start(t, () => {
    throw new Error('no')
  })
  await until(() => turns.length === 6)
  const least = [20, 40, 80, 80, 80]
  for (const [index, gap] of gaps().entries()) t.ok(gap >= (least[index] ?? 0) - 2, `${index}: ${gap}`)
  t.ok(errors.length >= 5)
})

t.test('the API server may ask for more patience', async t => {
  const { turns, gaps } = start(t, count => {
    if (count === 1) throw Object.assign(new Error('slow down'), { retryAfterMs: 150 })
    return false
  })
  await until(() => turns.length === 2)
  t.ok((gaps()[0] ?? 0) >= 148)
})

t.test('it turns by itself, at once when woken, and never twice in a round after a write', async t => {
  let writes = false
  const { loop, turns, gaps } = start(t, () => writes)
  await until(() => turns.length === 3)
  t.ok(Math.min(...gaps()) >= TIMES.roundMs - 2)
  writes = true
  loop.wake()
  await until(() => turns.length === 4)
  const { length } = turns
  for (let index = 0; index < 50; index++) {
    loop.wake()
    await new Promise(resolve => setImmediate(resolve))
  }
  await until(() => turns.length > length)
  t.ok((gaps()[length - 1] ?? 0) >= TIMES.roundMs - 2)
})

t.test('it ends in the midst of a pause', async t => {
  const { loop, stopping, turns } = start(t, () => false)
  await until(() => turns.length === 1)
  stopping.abort()
  await loop.ended()
  t.equal(turns.length, 1)
})
