// One collection of a fake API server: objects with versions, the history that watches go on from, and the open watches.
import type { ServerResponse } from 'node:http'

/** A Kubernetes object as a test writes it. */
export interface FakeObject {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

interface Stored {
  readonly name: string
  readonly version: number
  readonly json: string
}

interface OpenWatch {
  readonly response: ServerResponse
  isFrozen: boolean
}

/** One collection, by the query of a request. */
export interface FakeCollection {
  /** Creates or replaces an object, and tells every watch. */
  put(object: FakeObject): void
  remove(name: string): void
  /** Forgets the history, as etcd does when it is compacted. */
  compact(): void
  /** Sends a bookmark to every watch. */
  bookmark(): void
  /** Sends a line as it is to every watch. */
  sendLine(line: string): void
  /** From now on nothing is sent over the watches that are open, and they stay open. */
  freeze(): void
  /** Ends every watch, in the middle of a line where one is given. */
  closeWatches(half?: string): void
  readonly openWatches: number
  readonly size: number
  answer(query: URLSearchParams, response: ServerResponse): void
  get(name: string): string | undefined
}

/** What a fake server offers beyond plain lists and watches. */
export interface FakeOffers {
  /** yes: WatchList; refused: 422; ignored: the parameters do nothing, as with old servers. */
  streamsLists: 'yes' | 'refused' | 'ignored'
  /** How a version that is gone is told: by the status of the answer, or by an event in it. */
  gone: 'status' | 'event'
}

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' }

/** A Status as the API server writes it. */
export const statusOf = (code: number, reason: string, message: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })

/** An empty collection; `nextVersion` counts for the whole server. */
export const createFakeCollection = (
  type: { readonly apiVersion: string; readonly kind: string },
  offers: FakeOffers,
  nextVersion: () => number,
): FakeCollection => {
  const stored = new Map<string, Stored>()
  const history: { readonly version: number; readonly line: string }[] = []
  const watches = new Set<OpenWatch>()
  let version = nextVersion()
  let compactedAt = 0

  const tell = (line: string): void => {
    for (const { response, isFrozen } of watches) if (!isFrozen) response.write(line)
  }

  const record = (event: string, json: string): void => {
    const line = `{"type":"${event}","object":${json}}\n`
    history.push({ version, line })
    tell(line)
  }

  const bookmarkLine = (annotations?: object): string => {
    const object = { ...type, metadata: { resourceVersion: String(version), ...(annotations && { annotations }) } }
    return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`
  }

  const refuse = (response: ServerResponse, code: number, reason: string, message: string): void => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(statusOf(code, reason, message))
  }

  const listPage = (query: URLSearchParams, response: ServerResponse): void => {
    const limit = Number(query.get('limit') ?? stored.size)
    const from = Number(query.get('continue') ?? 0)
    const page = [...stored.values()].slice(from, from + limit)
    const next = from + page.length < stored.size ? `,"continue":"${from + page.length}"` : ''
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      `{"kind":"${type.kind}List","apiVersion":"${type.apiVersion}","metadata":{"resourceVersion":"${version}"${next}},"items":[${page.map(({ json }) => json).join(',')}]}`,
    )
  }

  const open = (response: ServerResponse): void => {
    const watch = { response, isFrozen: false }
    watches.add(watch)
    response.on('close', () => watches.delete(watch))
  }

  const watchFrom = (query: URLSearchParams, response: ServerResponse): void => {
    const from = Number(query.get('resourceVersion') ?? 0)
    if (from < compactedAt && offers.gone === 'status') {
      refuse(response, 410, 'Expired', `too old resource version: ${from} (${compactedAt})`)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    if (from < compactedAt) {
      response.end(`{"type":"ERROR","object":${statusOf(410, 'Expired', `too old resource version: ${from}`)}}\n`)
      return
    }
    for (const { version: at, line } of history) if (at > from) response.write(line)
    open(response)
  }

  const watchAll = (response: ServerResponse, isEndTold: boolean): void => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    for (const { json } of stored.values()) response.write(`{"type":"ADDED","object":${json}}\n`)
    if (isEndTold) response.write(bookmarkLine(INITIAL_EVENTS_END))
    open(response)
  }

  return {
    put: object => {
      const event = stored.has(object.metadata.name) ? 'MODIFIED' : 'ADDED'
      version = nextVersion()
      const metadata = { ...object.metadata, resourceVersion: String(version) }
      const json = JSON.stringify({ ...type, ...object, metadata })
      stored.set(object.metadata.name, { name: object.metadata.name, version, json })
      record(event, json)
    },
    remove: name => {
      const gone = stored.get(name)
      if (gone === undefined) return
      stored.delete(name)
      version = nextVersion()
      record('DELETED', gone.json.replace(`"resourceVersion":"${gone.version}"`, `"resourceVersion":"${version}"`))
    },
    compact: () => {
      compactedAt = nextVersion()
      version = compactedAt
      history.length = 0
    },
    bookmark: () => tell(bookmarkLine()),
    sendLine: line => tell(`${line}\n`),
    freeze: () => {
      for (const watch of watches) watch.isFrozen = true
    },
    closeWatches: (half = '') => {
      for (const watch of watches) {
        watches.delete(watch)
        watch.response.end(half)
      }
    },
    get openWatches() {
      return watches.size
    },
    get size() {
      return stored.size
    },
    answer: (query, response) => {
      if (query.get('watch') !== 'true') return listPage(query, response)
      if (query.get('sendInitialEvents') !== 'true') return watchFrom(query, response)
      if (offers.streamsLists === 'refused') {
        return refuse(
          response,
          422,
          'Invalid',
          'sendInitialEvents is forbidden unless the WatchList feature gate is on',
        )
      }
      watchAll(response, offers.streamsLists === 'yes')
    },
    get: name => stored.get(name)?.json,
  }
}
