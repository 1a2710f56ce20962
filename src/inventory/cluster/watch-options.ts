import type { ApiConnection } from './api-connection.ts'
import type { ClusterLog } from './cluster-log.ts'
import type { KindHealth } from './kind-health.ts'
import type { KindStore } from './kind-store.ts'
import type { WatchedKind } from './watched-kind.ts'
import type { WorkSlices } from './work-slices.ts'

/** How long things may take, milliseconds, and how much is asked for at once. */
export interface WatchTimes {
  /** Without a byte for so long, not even a bookmark, a watch counts as dead. */
  readonly quietMs: number
  /** The same while the initial events of a WatchList stream come. */
  readonly initialQuietMs: number
  readonly backoffMinMs: number
  readonly backoffMaxMs: number
  readonly requestDeadlineMs: number
  /** After how long the API server is asked to end a watch, at least; up to twice that. */
  readonly watchMs: number
  /** Objects a page of a list. */
  readonly pageSize: number
}

/**
 * Bookmarks come about once a minute, and a watch of client-go's lasts five to ten. The longest pause is short: while it lasts, an API
 * server that is back may already ask us about nodes whose reports we have not heard.
 */
export const WATCH_TIMES: WatchTimes = {
  quietMs: 75_000,
  initialQuietMs: 10_000,
  backoffMinMs: 250,
  backoffMaxMs: 2_000,
  requestDeadlineMs: 30_000,
  watchMs: 300_000,
  pageSize: 100,
}

/** What following one kind needs. */
export interface WatchOptions {
  readonly connection: ApiConnection
  readonly kind: Pick<WatchedKind<{ name: string }>, 'name' | 'path' | 'resource' | 'wire'>
  readonly store: KindStore
  readonly health: KindHealth
  readonly slices: WorkSlices
  readonly times: WatchTimes
  readonly random: () => number
  readonly nowMs: () => number
  readonly log: ClusterLog
  readonly signal: AbortSignal
}

/** Where the watch of a kind stands. */
export interface WatchCursor {
  /** The last version seen; '' before the first list, and when the server could not serve the last one. */
  resourceVersion: string
  /** True when a watch cannot go on from that version. */
  needsList: boolean
  /** False once the API server has turned out not to offer initial events in a watch. */
  streamsLists: boolean
  /** Objects asked for in a page. */
  pageSize: number
  /** Events of this attempt, initial ones left out. */
  followed: number
}

/** The cursor of a kind of which nothing is known yet. */
export const startingCursor = (pageSize: number): WatchCursor => ({
  resourceVersion: '',
  needsList: true,
  streamsLists: true,
  pageSize,
  followed: 0,
})
