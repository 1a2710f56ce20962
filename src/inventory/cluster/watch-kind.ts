import { GuardError } from '../../errors.ts'
import { BrokenAnswer } from './api-exchange.ts'
import { refusalInStream } from './api-status.ts'
import { decodeWatchEvent, endsInitialEvents, versionOf, type WatchEvent } from './watch-event.ts'
import type { WatchCursor, WatchOptions } from './watch-options.ts'
import { type Quietness, readWatchStream } from './watch-stream.ts'

/** Thrown when the API server takes the question for a list in a watch, but does not answer it as one. */
export class NoInitialEvents extends GuardError {
  constructor(message: string) {
    super('SOCI_GUARD_API_UNEXPECTED', message)
  }
}

/**
 * One watch, from the cursor's version; if a list is needed the watch begins with everything there is (WatchList). Resolves when
 * the server ends it, and leaves the cursor at the last version seen.
 */
export const watchKind = async (options: WatchOptions, cursor: WatchCursor): Promise<void> => {
  const { connection, kind, store, health, slices, times, signal } = options
  const path = `${kind.path}?${watchParameters(options, cursor)}`
  const { body } = await connection.request(path, {
    accept: kind.wire.watchAccept,
    resource: kind.resource,
    deadlineMs: times.requestDeadlineMs,
    signal,
  })
  const watch: Watch = { ...options, cursor, what: `GET ${path}`, toldTypes: new Set() }
  if (cursor.needsList) store.begin()
  // The server has accepted our version: from here on it sends whatever there is to know.
  else health.alive()
  await readWatchStream(body, { slices, signal, quietness: () => quietness(watch), what: watch.what }, line =>
    take(watch, decodeWatchEvent(line, kind.wire.eventShape), line.length),
  )
  if (cursor.needsList && !signal.aborted) {
    throw new BrokenAnswer(watch.what, new Error('it ended before all initial events had come'))
  }
}

interface Watch extends WatchOptions {
  readonly cursor: WatchCursor
  readonly what: string
  readonly toldTypes: Set<string>
}

const quietness = ({ cursor, times, what }: Watch): Quietness =>
  cursor.needsList
    ? {
        ms: times.initialQuietMs,
        error: () => new NoInitialEvents(`${what}: the end of the initial events never came`),
      }
    : { ms: times.quietMs, error: () => deadConnection(what, times.quietMs) }

const deadConnection = (what: string, ms: number): GuardError =>
  new GuardError('SOCI_GUARD_API_UNREACHABLE', `${what}: nothing came for ${ms / 1000} s, the connection is dead`)

const watchParameters = (
  { times, random }: WatchOptions,
  { resourceVersion, needsList }: WatchCursor,
): URLSearchParams => {
  const timeoutSeconds = Math.ceil((times.watchMs * (1 + random())) / 1000)
  const parameters = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(timeoutSeconds) }
  return new URLSearchParams(
    needsList
      ? { ...parameters, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { ...parameters, resourceVersion },
  )
}

const take = (watch: Watch, { type, object }: WatchEvent, bytes: number): void => {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      watch.store.put(object, bytes)
      break
    case 'DELETED':
      watch.store.remove(object)
      break
    case 'BOOKMARK':
      if (watch.cursor.needsList) endInitialEvents(watch, object)
      break
    case 'ERROR':
      throw refusalInStream(Number(object.code), String(object.message), { what: watch.what })
    default:
      passOver(watch, type)
      return
  }
  watch.health.alive()
  // Before all initial events have come no version is one to go on from: what was not sent yet would be missed.
  if (!watch.cursor.needsList) moveTo(watch.cursor, versionOf(object))
}

const passOver = ({ toldTypes, log, kind, health }: Watch, type: string): void => {
  health.alive()
  if (toldTypes.has(type)) return
  toldTypes.add(type)
  log.warn({ kind: kind.name, type: type.slice(0, 40) }, 'events of an unknown type are passed over')
}

const endInitialEvents = ({ cursor, store, health, what }: Watch, bookmark: unknown): void => {
  if (!endsInitialEvents(bookmark)) {
    throw new NoInitialEvents(`${what}: a bookmark came before the one that ends the initial events`)
  }
  cursor.needsList = false
  store.end()
  health.listed(store.size)
}

const moveTo = (cursor: WatchCursor, version: string): void => {
  cursor.followed += 1
  if (version !== '') cursor.resourceVersion = version
}
