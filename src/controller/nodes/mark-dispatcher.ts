// When what is due is written: so many a second, so many at once, later where it failed, and nothing for a while where the API server
// is at a loss.
import { type FailedRequest, failedRequest, isUnavailable } from '../failed-request.ts'
import { createMarkLanes, type DueMarks } from './mark-lanes.ts'
import { createTokenBucket } from './token-bucket.ts'
import type { WorkQueue } from './work-queue.ts'
import type { MarkPart } from './write-marks.ts'

/** Works on names, one write for a node and part at a time. */
export interface MarkDispatcher {
  /** The part of this node has to be written; `isNew` puts it before all others, and it waits at least until `notBeforeMs`. */
  add(name: string, part: MarkPart, isNew: boolean, notBeforeMs: number): void
  /** It need not be written after all. */
  remove(name: string, part: MarkPart): void
  queued(part: MarkPart): number
  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void>
}

/** What a dispatcher needs. */
export interface MarkDispatcherOptions {
  readonly writesPerSecond: number
  /** False when there is nothing to write any more, which costs nothing. */
  readonly isNeeded: (due: DueMarks) => boolean
  /** Rejects when it is to be tried again. */
  readonly write: (due: DueMarks) => Promise<void>
  /** Called after each write, when the part may be added again. */
  readonly ended: (name: string, part: MarkPart) => void
  readonly failed: (due: DueMarks, error: unknown) => void
  readonly nowMs: () => number
  readonly random: () => number
}

const AT_ONCE = 32
const BURST_SECONDS = 2
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 60_000
const PAUSE_MAX_MS = 5000
const MAX_TIMER_MS = 60_000

/** A dispatcher that has nothing to do. */
export const createMarkDispatcher = (options: MarkDispatcherOptions): MarkDispatcher => {
  const { nowMs, random } = options
  const lanes = createMarkLanes()
  const bucket = createTokenBucket(options.writesPerSecond, options.writesPerSecond * BURST_SECONDS)
  const failures = new Map<string, number>()
  const underWay = new Map<string, Promise<void>>()
  let pausedUntilMs = 0
  let pauses = 0
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const keyOf = (name: string, part: MarkPart): string => `${part} ${name}`

  const wakeIn = (ms: number): void => {
    clearTimeout(timer)
    if (ms === Number.POSITIVE_INFINITY) return
    timer = setTimeout(pump, Math.min(MAX_TIMER_MS, Math.max(1, Math.ceil(ms))))
    timer.unref()
  }

  const waitMs = (now: number): number => Math.max(pausedUntilMs - now, lanes.dueAtMs(now) - now, bucket.waitMs(now))

  // After a pause one write is enough to see whether the API server answers again.
  const atOnce = (): number => (pauses === 0 ? AT_ONCE : 1)

  const isFree = ({ name, part }: DueMarks): boolean => !underWay.has(keyOf(name, part))

  const pump = (): void => {
    while (!isStopped && underWay.size < atOnce()) {
      const now = nowMs()
      const ms = waitMs(now)
      if (ms > 0) {
        wakeIn(ms)
        return
      }
      const due = lanes.take(now)
      if (due === undefined || !isFree(due) || !options.isNeeded(due)) continue
      bucket.take(now)
      begin(due)
    }
  }

  const begin = (due: DueMarks): void => {
    const key = keyOf(due.name, due.part)
    const work = options
      .write(due)
      .then(() => {
        failures.delete(key)
        pauses = 0
      })
      .catch((error: unknown) => retry(due, error))
      .finally(() => {
        underWay.delete(key)
        if (isStopped) return
        options.ended(due.name, due.part)
        pump()
      })
    underWay.set(key, work)
  }

  const retry = (due: DueMarks, error: unknown): void => {
    if (isStopped) return
    const failure = failedRequest(error)
    const isAnswered = !isUnavailable(failure)
    if (isAnswered) pauses = 0
    lanes.of[due.part].putBack(due, isAnswered ? nextTryMs(due) : pause(failure))
    options.failed(due, error)
  }

  // All that were under way together fail together, and that is one failure.
  const pause = ({ retryAfterMs }: FailedRequest): number => {
    const now = nowMs()
    if (now < pausedUntilMs) return pausedUntilMs
    pausedUntilMs = now + Math.max(retryAfterMs ?? 0, grown(RETRY_MIN_MS, pauses, PAUSE_MAX_MS))
    pauses += 1
    return pausedUntilMs
  }

  const nextTryMs = ({ name, part }: DueMarks): number => {
    const times = failures.get(keyOf(name, part)) ?? 0
    failures.set(keyOf(name, part), times + 1)
    return nowMs() + grown(RETRY_MIN_MS, times, RETRY_MAX_MS)
  }

  // Up to half is taken off at random, so that not all come back at once.
  const grown = (minMs: number, times: number, maxMs: number): number =>
    Math.min(maxMs, minMs * 2 ** Math.min(times, 20)) * (1 - random() / 2)

  const add = (queue: WorkQueue, name: string, isNew: boolean, notBeforeMs: number): void => {
    if (queue.has(name) && !isNew) return
    queue.add(name, nowMs(), notBeforeMs)
    // In a turn of its own: what a change of the configuration adds is thousands.
    if (underWay.size < atOnce()) wakeIn(Math.max(0, waitMs(nowMs())))
  }

  return {
    add: (name, part, isNew, notBeforeMs) => {
      if (isStopped || underWay.has(keyOf(name, part))) return
      add(lanes.of[part], name, isNew, notBeforeMs)
    },
    remove: (name, part) => {
      lanes.of[part].remove(name)
      if (!underWay.has(keyOf(name, part))) failures.delete(keyOf(name, part))
    },
    queued: part => lanes.of[part].size,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await Promise.all(underWay.values())
    },
  }
}
