import { setImmediate as nextTurn } from 'node:timers/promises'

/** Shares the time of each turn of the event loop among all that work through much at once, so that reviews get their turn. */
export interface WorkSlices {
  /** True when the work of this turn has taken its time: the caller then waits for `rest`. */
  isDue(): boolean
  rest(): Promise<void>
}

/** Slices of `sliceMs` a turn, for all callers together. */
export const createWorkSlices = (sliceMs: number, nowMs: () => number): WorkSlices => {
  let startedMs: number | undefined
  const begin = (): number => {
    const now = nowMs()
    startedMs = now
    setImmediate(() => {
      startedMs = undefined
    })
    return now
  }
  return {
    isDue: () => nowMs() - (startedMs ?? begin()) >= sliceMs,
    rest: () => nextTurn(),
  }
}
