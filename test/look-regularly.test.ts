import t, { type Test } from 'tap'
import { lookRegularly } from '../src/look-regularly.ts'

interface Seen {
  readonly failedBefore: boolean[]
  readonly told: string[]
}

/** Looks once for each outcome: undefined for a good look, else what is thrown; ends by the signal. */
const lookAt = async (
  t: Test,
  outcomes: readonly (string | undefined)[],
  tell: (message: string) => void = () => {},
): Promise<Seen> => {
  const stop = new AbortController()
  // The loop keeps no process alive; a server does.
  const server = setInterval(() => {}, 60_000)
  t.teardown(() => clearInterval(server))
  const seen: Seen = { failedBefore: [], told: [] }
  await lookRegularly({
    pollMs: 1,
    signal: stop.signal,
    look: async failedBefore => {
      const outcome = outcomes[seen.failedBefore.length]
      if (seen.failedBefore.length === outcomes.length) {
        stop.abort()
        throw new Error('after the signal')
      }
      seen.failedBefore.push(failedBefore)
      if (outcome !== undefined) throw new Error(outcome)
    },
    onError: error => {
      const message = String(error)
      seen.told.push(message)
      tell(message)
    },
  })
  return seen
}

t.test('a failure is told once, and again after a good look', async t => {
  const { told } = await lookAt(t, ['a', 'a', undefined, 'a', 'b', 'b', 'a'])
  t.strictSame(told, ['Error: a', 'Error: a', 'Error: b', 'Error: a'])
})

t.test('a look hears whether the one before it failed', async t => {
  const { failedBefore } = await lookAt(t, [undefined, 'a', 'a', undefined, undefined])
  t.strictSame(failedBefore, [false, false, true, true, false])
})

t.test('a failure that could not be told does not end the looks, and is told again', async t => {
  let broken = 2
  const { told, failedBefore } = await lookAt(t, ['a', 'a', 'a', 'a', undefined], () => {
    broken -= 1
    if (broken >= 0) throw new Error('the log is full')
  })
  t.strictSame(told, ['Error: a', 'Error: a', 'Error: a'])
  t.equal(failedBefore.length, 5)
})

t.test('what is thrown after the signal is told to nobody', async t => {
  t.strictSame((await lookAt(t, [])).told, [])
})

t.test('a signal given beforehand leaves nothing to look at', async t => {
  let looks = 0
  await lookRegularly({
    pollMs: 1,
    signal: AbortSignal.abort(),
    look: async () => {
      looks += 1
    },
    onError: () => {},
  })
  t.equal(looks, 0)
})
