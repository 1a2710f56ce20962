import type { Io, StopSignal } from './io.ts'

// What a shell reports for a process that a signal ended: 128 and the signal's number.
const EXIT_CODE_OF: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** Resolves with the first signal that asks to stop; a second one ends the process at once, whatever is still under way. */
export const untilStopped = (io: Pick<Io, 'onStopSignal' | 'exit'>): Promise<StopSignal> =>
  new Promise(resolve => {
    let stopping = false
    io.onStopSignal(signal => {
      if (stopping) io.exit(EXIT_CODE_OF[signal])
      stopping = true
      resolve(signal)
    })
  })
