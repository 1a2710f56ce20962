/** What a loop does, and how fast it may. */
export interface PacedLoopOptions {
  /** One turn; it may reject, and is done again. */
  readonly turn: () => Promise<{ readonly hasWritten: boolean }>
  readonly failed: (error: unknown) => void
  readonly random: () => number
  /** Milliseconds: between two turns that write, and without a call of `wake`; and between attempts, at most. */
  readonly times: { readonly roundMs: number; readonly longestRetryMs: number }
  readonly signal: AbortSignal
}

/** A loop that turns when it is woken, and from time to time by itself. */
export interface PacedLoop {
  start(): void
  /** Asks for a turn as soon as the pace allows. */
  wake(): void
  /** Resolves when the signal was aborted and the last turn is over; at once where the loop was never started. */
  ended(): Promise<void>
}

/** A loop that has not begun; it keeps no process alive. */
export const createPacedLoop = (options: PacedLoopOptions): PacedLoop => {
  const { times, signal } = options
  let isAwake = false
  let interrupt = (): void => {}
  let running: Promise<void> = Promise.resolve()

  const sleep = (ms: number, canWake: boolean): Promise<void> => {
    if (signal.aborted || (canWake && isAwake)) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    timer.unref()
    const abort = (): void => resolve()
    signal.addEventListener('abort', abort, { once: true })
    if (canWake) interrupt = resolve
    return promise.finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      interrupt = () => {}
    })
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      isAwake = false
      try {
        const { hasWritten } = await options.turn()
        failures = 0
        // What changes while nothing is written need not wait for its second.
        if (hasWritten) await sleep(times.roundMs, false)
        await sleep(times.roundMs, true)
      } catch (error) {
        options.failed(error)
        await sleep(pauseMs(error, failures++), false)
      }
    }
  }

  const pauseMs = (error: unknown, failures: number): number => {
    const { retryAfterMs } = error as { retryAfterMs?: unknown }
    const ms = Math.min(times.longestRetryMs, times.roundMs * 2 ** Math.min(failures, 20)) * (1 - options.random() / 2)
    return typeof retryAfterMs === 'number' ? Math.max(ms, retryAfterMs) : ms
  }

  return {
    start: () => {
      running = run()
    },
    wake: () => {
      isAwake = true
      interrupt()
    },
    ended: () => running,
  }
}
