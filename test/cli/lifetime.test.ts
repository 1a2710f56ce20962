import t from 'tap'
import type { StopSignal } from '../../src/cli/io.ts'
import { untilStopped } from '../../src/cli/lifetime.ts'

const process = () => {
  const listeners: ((signal: StopSignal) => void)[] = []
  const exits: number[] = []
  return {
    exits,
    io: {
      onStopSignal: (listener: (signal: StopSignal) => void) => listeners.push(listener),
      exit: (code: number) => exits.push(code),
    },
    send: (signal: StopSignal) => {
      for (const listener of listeners) listener(signal)
    },
  }
}

t.test('the first signal is told, and ends nothing by itself', async t => {
  const { io, send, exits } = process()
  const stopped = untilStopped(io)
  send('SIGTERM')
  t.equal(await stopped, 'SIGTERM')
  t.strictSame(exits, [])
})

t.test('a second signal ends the process at once, with the code a shell gives it', async t => {
  for (const [second, want] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const { io, send, exits } = process()
    const stopped = untilStopped(io)
    send('SIGINT')
    send(second)
    await stopped
    t.strictSame(exits, [want])
  }
})
