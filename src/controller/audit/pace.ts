import { setTimeout } from 'node:timers/promises'
import type { TokenBucket } from '../nodes/token-bucket.ts'

/** Lets one thing happen after the other, and not faster than it was told to. */
export interface Pace {
  /** Resolves when the next may happen; rejects when the signal is aborted. */
  next(): Promise<void>
}

/** The pace of a bucket. */
export const createPace = (bucket: TokenBucket, nowMs: () => number, signal: AbortSignal): Pace => ({
  next: async () => {
    signal.throwIfAborted()
    while (!bucket.take(nowMs())) await setTimeout(bucket.waitMs(nowMs()), undefined, { signal, ref: false })
  },
})
