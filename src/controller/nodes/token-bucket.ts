/** Lets so many through a second, and a number of them at once after a rest. */
export interface TokenBucket {
  /** Takes a token if there is one. */
  take(nowMs: number): boolean
  /** Until there is a token, milliseconds; 0 when there is one. */
  waitMs(nowMs: number): number
}

/** A full bucket. */
export const createTokenBucket = (perSecond: number, burst: number): TokenBucket => {
  let tokens = burst
  let filledAtMs: number | undefined

  const fill = (nowMs: number): void => {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - (filledAtMs ?? nowMs)) * perSecond) / 1000)
    filledAtMs = nowMs
  }

  return {
    take: nowMs => {
      fill(nowMs)
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    waitMs: nowMs => {
      fill(nowMs)
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond)
    },
  }
}
