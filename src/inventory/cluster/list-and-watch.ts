// Follows one kind for as long as the process lives. Whatever goes wrong, what is known stays, the failure has a name in the log
// and in readiness, and the next attempt comes after a pause that grows.

import { setTimeout as wait } from 'node:timers/promises'
import { ApiError } from './api-error.ts'
import { BrokenAnswer } from './api-exchange.ts'
import { createBackoff } from './backoff.ts'
import { listPages } from './list-pages.ts'
import { NoInitialEvents, watchKind } from './watch-kind.ts'
import { startingCursor, type WatchCursor, type WatchOptions } from './watch-options.ts'

// A watch that ends at once and without a word is a failure too, or we would ask again without end.
const SHORT_WATCH_MS = 1000
// So often may initial events break off before the list is read in pages.
const MAX_BROKEN_STREAMS = 3
// So often may the server refuse a version, for whatever reason, before a list is asked for.
const MAX_REFUSALS = 3
const MIN_PAGE_SIZE = 5
// What the API server itself asks for in Retry-After is kept to this much, whatever our own pauses are.
const MAX_ASKED_MS = 30_000

/** Lists and watches until the signal; never rejects. */
export const listAndWatch = async (options: WatchOptions): Promise<void> => {
  const { times, health, signal } = options
  const backoff = createBackoff(times.backoffMinMs, times.backoffMaxMs, options.random)
  const cursor = startingCursor(times.pageSize)
  const learn = createLessons(options, cursor)
  let wasAnswered = true
  while (!signal.aborted) {
    const { error, lastedMs } = await attempt(options, cursor)
    if (signal.aborted) return
    // A server that answers again, be it with a refusal, is back: what grew while it was away says nothing about it.
    const isAnswered = error === undefined || error instanceof ApiError
    if (cursor.followed > 0 || (isAnswered && !wasAnswered)) backoff.reset()
    wasAnswered = isAnswered
    const next = error === undefined ? afterEnd(cursor, lastedMs) : learn(error)
    if (next === 'at once') continue
    if (error !== undefined) health.failed(error)
    await pause(Math.max(backoff.nextMs(), askedMs(error)), signal)
  }
}

type Next = 'at once' | 'after a pause'

const afterEnd = ({ followed }: WatchCursor, lastedMs: number): Next =>
  followed > 0 || lastedMs >= SHORT_WATCH_MS ? 'at once' : 'after a pause'

interface Attempted {
  readonly error: unknown
  readonly lastedMs: number
}

/** A list if one is needed, and then a watch until it ends; resolves with what went wrong. */
const attempt = async (options: WatchOptions, cursor: WatchCursor): Promise<Attempted> => {
  const startedMs = options.nowMs()
  let error: unknown
  cursor.followed = 0
  try {
    if (cursor.needsList && !cursor.streamsLists) await listPages(options, cursor)
    await watchKind(options, cursor)
  } catch (thrown) {
    error = thrown
  }
  return { error, lastedMs: options.nowMs() - startedMs }
}

/** What a failure teaches about the next attempt. */
const createLessons = ({ log, kind }: WatchOptions, cursor: WatchCursor): ((error: unknown) => Next) => {
  let brokenStreams = 0
  let refusals = 0
  let expirations = 0

  const ofStream = (error: unknown): Next => {
    brokenStreams += error instanceof BrokenAnswer ? 1 : 0
    if (!isNoStream(error) && brokenStreams < MAX_BROKEN_STREAMS) return 'after a pause'
    cursor.streamsLists = false
    log.info({ kind: kind.name }, 'the API server does not stream lists; they are read in pages')
    return 'at once'
  }

  // An expired version is what every restart of the API server leaves behind, and no failure of its own: while we wait we do not
  // hear of bad nodes. Only a list whose version expires again and again is asked for with pauses.
  const ofWatch = (error: unknown): Next => {
    const isExpired = error instanceof ApiError && error.statusCode === 410
    refusals = cursor.followed === 0 && error instanceof ApiError ? refusals + 1 : 0
    expirations = isExpired ? (cursor.followed === 0 ? expirations : 0) + 1 : 0
    cursor.needsList = isExpired || refusals >= MAX_REFUSALS
    if (expirations !== 1) return 'after a pause'
    log.info({ kind: kind.name, problem: (error as ApiError).message }, 'listed again')
    return 'at once'
  }

  return error => {
    if (cursor.needsList && cursor.streamsLists) return ofStream(error)
    if (!cursor.needsList) return ofWatch(error)
    // A page that did not come whole may have been too large to come in time.
    if (error instanceof BrokenAnswer) cursor.pageSize = Math.max(MIN_PAGE_SIZE, cursor.pageSize >> 1)
    return 'after a pause'
  }
}

// 400 and 422: the server does not know the parameters, or its feature gate WatchList is off.
const isNoStream = (error: unknown): boolean =>
  error instanceof NoInitialEvents ||
  (error instanceof ApiError && (error.statusCode === 400 || error.statusCode === 422))

const askedMs = (error: unknown): number =>
  error instanceof ApiError ? Math.min(error.retryAfterMs ?? 0, MAX_ASKED_MS) : 0

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => {})
