import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 200
const DEADLINE_MS = 60_000

/** Repeats work until it succeeds, since the API server may be away; throws the last error after a minute. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  const endMs = Date.now() + DEADLINE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > endMs) throw error
      await sleep(EVERY_MS)
    }
  }
}
