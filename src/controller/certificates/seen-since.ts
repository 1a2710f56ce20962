/** Remembers since when something has looked the same. */
export interface SeenSince {
  /** For how long, now included, it has looked like this; 0 when it looks different from the last time. */
  ageMs(look: string, nowMs: number): number
  /** It looks like this from now on, and as if it always had. */
  takeForOld(look: string): void
}

/** Nothing has been seen yet; the clock must be one that nobody sets. */
export const createSeenSince = (): SeenSince => {
  let last: { readonly look: string; readonly sinceMs: number } | undefined
  return {
    ageMs: (look, nowMs) => {
      if (last?.look !== look) last = { look, sinceMs: nowMs }
      return nowMs - last.sinceMs
    },
    takeForOld: look => {
      last = { look, sinceMs: Number.NEGATIVE_INFINITY }
    },
  }
}
