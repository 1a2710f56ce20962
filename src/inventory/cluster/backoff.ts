/** How long to wait before the next attempt. */
export interface Backoff {
  /** Milliseconds; longer each time until `reset`. */
  nextMs(): number
  reset(): void
}

/** Doubles from `minMs` to `maxMs`, each with up to half of it taken off at random, so that replicas do not come back as one. */
export const createBackoff = (minMs: number, maxMs: number, random: () => number): Backoff => {
  let attempts = 0
  return {
    nextMs: () => {
      const ms = Math.min(maxMs, minMs * 2 ** attempts)
      attempts = Math.min(attempts + 1, 30)
      return ms * (1 - random() / 2)
    },
    reset: () => {
      attempts = 0
    },
  }
}
