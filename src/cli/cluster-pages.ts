// Whole lists as kubectl reads them: consistent, in pages, so that neither side ever holds a large list at once.

import { setTimeout } from 'node:timers/promises'
import { scanWanted } from '../admission/json-pick-fast.ts'
import type { CompiledShape } from '../admission/json-shape.ts'
import { ownMember, ownMemberAt } from '../admission/own-member.ts'
import { GuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { ApiError, hasStatus } from '../inventory/cluster/api-error.ts'
import type { ApiResource } from '../inventory/cluster/missing-right.ts'

/** A list to read. */
export interface ClusterList {
  /** The path of the collection. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly accept?: string
  /** What is wanted of `{ metadata: { continue }, items: […] }`. */
  readonly pageShape: CompiledShape
  readonly resource: ApiResource
}

const PAGE_OBJECTS = '500'
// A page of large nodes is 10 MB, which a slow line may take a while for.
const PAGE_DEADLINE_MS = 60_000
const MAX_TRIES = 5
const MAX_WAIT_MS = 10_000

/** The items of a list, page by page; a GuardError when a page cannot be read, an ApiError 410 when the list took too long. */
export async function* readPages(connection: ApiConnection, list: ClusterList): AsyncGenerator<readonly unknown[]> {
  let next = ''
  do {
    const query = { ...list.query, limit: PAGE_OBJECTS, ...(next === '' ? {} : { continue: next }) }
    const page = await readPage(connection, `${list.path}?${new URLSearchParams(query)}`, list)
    const items = ownMember(page, 'items')
    // An empty list is null to some servers.
    yield Array.isArray(items) ? items : []
    const token = ownMemberAt(page, ['metadata', 'continue'])
    next = typeof token === 'string' ? token : ''
  } while (next !== '')
}

const readPage = async (connection: ApiConnection, path: string, list: ClusterList): Promise<unknown> => {
  const { accept = 'application/json', resource, pageShape } = list
  const body = await readPatiently(() => connection.readBody(path, { accept, resource, deadlineMs: PAGE_DEADLINE_MS }))
  const picked = scanWanted(body, pageShape, true)
  if (picked?.ok) return picked.value
  throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `GET ${path}: the answer is not JSON, or was cut off`)
}

/** Reads again, when the server says after which time, as often as is decent (429, or 503 with Retry-After). */
export const readPatiently = async <Read>(read: () => Promise<Read>): Promise<Read> => {
  for (let tries = 1; ; tries++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof ApiError) || error.retryAfterMs === null || tries === MAX_TRIES) throw error
      await setTimeout(Math.min(error.retryAfterMs, MAX_WAIT_MS))
    }
  }
}

/** Does what reads a list from its beginning; once more where the API server had forgotten the list before its end (410). */
export const readFromBeginning = async <Read>(read: () => Promise<Read>): Promise<Read> => {
  try {
    return await read()
  } catch (error) {
    if (!hasStatus(error, 410)) throw error
    return read()
  }
}
