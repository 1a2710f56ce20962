import { type Patience, waitFor } from '../cluster/wait-for.ts'

/** Enough answers that both of two replicas have given one, but for one time in a thousand. */
const TIMES = 10

/** Waits until a probe gives a value ten times in a row, since each request may go to another replica; throws at the deadline. */
export async function steadily<T>(
  what: string,
  want: T,
  probe: () => Promise<T>,
  patience: Patience = { deadlineMs: 10_000, everyMs: 5 },
): Promise<void> {
  let last: T | undefined
  let row = 0
  const probeOnce = async () => {
    last = await probe()
    row = last === want ? row + 1 : 0
    return row === TIMES
  }
  await waitFor(`${what} to be ${String(want)}`, probeOnce, patience).catch(error => {
    throw new Error(`${error.message}; the last answer was ${String(last)}`)
  })
}
