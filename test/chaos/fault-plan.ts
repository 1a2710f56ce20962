import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './faults/fault.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

/** How long things stay broken, and how long they are left alone between. */
export interface FaultTimes {
  minMs: number
  maxMs: number
  restMs: number
}

/** Breaks one thing after the other in an order of the seed's, every kind once before any comes again, for the time given and until every kind has come; resolves with the names. */
export async function breakInTurn(
  faults: readonly Fault[],
  { minMs, maxMs, restMs }: FaultTimes,
  untilMs: number,
  random: Random,
  timeline: Timeline,
): Promise<string[]> {
  const done: string[] = []
  let queue: Fault[] = []
  while (Date.now() < untilMs || done.length < faults.length) {
    if (queue.length === 0) queue = random.shuffled(faults)
    const fault = queue.pop() as Fault
    const lastsMs = random.between(minMs, maxMs)
    timeline.note(`${fault.name} for ${(lastsMs / 1_000).toFixed(1)} s`)
    await fault.begin()
    await sleep(lastsMs)
    await fault.end()
    timeline.note(`${fault.name}: mended`)
    done.push(fault.name)
    await sleep(restMs)
  }
  return done
}
