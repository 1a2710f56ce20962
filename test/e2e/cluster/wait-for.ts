import { setTimeout as sleep } from 'node:timers/promises'

/** How long to wait for something and how often to look; both in milliseconds. */
export interface Patience {
  deadlineMs?: number
  everyMs?: number
}

/** Repeats `probe` until it gives something other than undefined or false; throws with the last reason at the deadline. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { deadlineMs = 30_000, everyMs = 50 }: Patience = {},
): Promise<T> {
  const endMs = Date.now() + deadlineMs
  let reason = ''
  for (;;) {
    try {
      const found = await probe()
      if (found !== undefined && found !== false) return found
      reason = ''
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`
    }
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for ${what}${reason}`)
    await sleep(everyMs)
  }
}
