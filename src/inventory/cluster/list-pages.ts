import { scanWanted } from '../../admission/json-pick-fast.ts'
import { ownMember, ownMemberAt } from '../../admission/own-member.ts'
import { GuardError } from '../../errors.ts'
import { versionOf } from './watch-event.ts'
import type { WatchCursor, WatchOptions } from './watch-options.ts'

/**
 * Lists a kind page by page into its store, never an older state than the cursor has seen; the cursor then stands at the version
 * of the list.
 */
export const listPages = async (options: WatchOptions, cursor: WatchCursor): Promise<void> => {
  const { store, health } = options
  const query = { notOlderThan: cursor.resourceVersion, pageSize: cursor.pageSize }
  // Should this server never come to that version (etcd restored from a backup), the next list takes the most recent one.
  cursor.resourceVersion = ''
  store.begin()
  let next = ''
  let version = ''
  do {
    const page = await readPage(options, query, next)
    await takeItems(options, page)
    health.alive()
    version = versionOf(page)
    const token = ownMemberAt(page, ['metadata', 'continue'])
    next = typeof token === 'string' ? token : ''
  } while (next !== '')
  if (version === '') throw unexpected(options, 'has no metadata.resourceVersion')
  store.end()
  health.listed(store.size)
  cursor.resourceVersion = version
  cursor.needsList = false
}

interface ListQuery {
  /** '': the list is the most recent one. */
  readonly notOlderThan: string
  readonly pageSize: number
}

const readPage = async (options: WatchOptions, query: ListQuery, token: string): Promise<unknown> => {
  const { connection, kind, times, signal } = options
  const parameters = new URLSearchParams({ limit: String(query.pageSize) })
  // A token says by itself which version its pages are of.
  if (token !== '') parameters.set('continue', token)
  else if (query.notOlderThan !== '') {
    parameters.set('resourceVersion', query.notOlderThan)
    parameters.set('resourceVersionMatch', 'NotOlderThan')
  }
  const body = await connection.readBody(`${kind.path}?${parameters}`, {
    accept: kind.wire.listAccept,
    resource: kind.resource,
    deadlineMs: times.requestDeadlineMs,
    signal,
  })
  const picked = scanWanted(body, kind.wire.pageShape, true)
  if (picked?.ok) return picked.value
  throw unexpected(options, 'is not JSON, or was cut off')
}

const takeItems = async ({ store, slices, ...options }: WatchOptions, page: unknown): Promise<void> => {
  const items = ownMember(page, 'items') ?? []
  if (!Array.isArray(items)) throw unexpected(options, 'has no items')
  for (const item of items) {
    store.put(item)
    if (slices.isDue()) await slices.rest()
  }
}

const unexpected = ({ kind }: Pick<WatchOptions, 'kind'>, what: string): GuardError =>
  new GuardError('SOCI_GUARD_API_UNEXPECTED', `GET ${kind.path}: the list ${what}`)
