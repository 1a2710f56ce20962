import { createWorkQueue, type DueName, type WorkQueue } from './work-queue.ts'
import type { MarkPart } from './write-marks.ts'

/** A node's marks that are to be written next. */
export interface DueMarks extends DueName {
  readonly part: MarkPart
}

/** One queue for taints and labels, which the scheduler waits for, and one for conditions, which people read. */
export interface MarkLanes {
  readonly of: Readonly<Record<MarkPart, WorkQueue>>
  take(nowMs: number): DueMarks | undefined
  dueAtMs(nowMs: number): number
  remove(name: string): void
}

/** Both parts, the one that matters more first. */
export const MARK_PARTS: readonly MarkPart[] = ['node', 'status']

const STATUS_EVERY = 4

/** Two empty queues; of four that are taken one is a condition, if there is one, and the others are taints and labels. */
export const createMarkLanes = (): MarkLanes => {
  const of = { node: createWorkQueue(), status: createWorkQueue() }
  let taken = 0

  const takeFrom = (part: MarkPart, nowMs: number): DueMarks | undefined => {
    const due = of[part].take(nowMs)
    return due && { ...due, part }
  }

  return {
    of,
    take: nowMs => {
      taken += 1
      return taken % STATUS_EVERY === 0
        ? (takeFrom('status', nowMs) ?? takeFrom('node', nowMs))
        : (takeFrom('node', nowMs) ?? takeFrom('status', nowMs))
    },
    dueAtMs: nowMs => Math.min(of.node.dueAtMs(nowMs), of.status.dueAtMs(nowMs)),
    remove: name => {
      for (const part of MARK_PARTS) of[part].remove(name)
    },
  }
}
