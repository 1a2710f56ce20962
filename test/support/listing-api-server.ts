// As much of an API server as one-shot commands see, over real HTTPS: lists in pages with selectors, single objects, writes, refusals,
// and watches that the test sends events into.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createTestAuthority, type TestAuthority } from './test-certificates.ts'
import { type ApiWrite, answerWrite, readWrite, writeObject } from './write-objects.ts'

/** A Kubernetes object, as far as the server looks at it. */
export interface ServedObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly spec?: { readonly nodeName?: string; readonly [field: string]: unknown }
  readonly status?: { readonly phase?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** What is answered instead. */
export interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** Only so many times; always unless given. */
  times?: number
}

/** The running server; everything may be changed between requests. */
export interface ListingApiServer {
  /** By path of the collection, all namespaces together, e.g. /apis/apps/v1/replicasets; one that is not there is a 404. */
  readonly collections: Map<string, ServedObject[]>
  /** Single documents by path, such as a discovery document. */
  readonly documents: Map<string, object>
  /** By path as requested, without the query; with `continue` for later pages only. */
  readonly refusals: Map<string, Refusal>
  /** Every request: path and query, decoded. */
  readonly requests: string[]
  /** Every request but GET, in order. */
  readonly writes: ApiWrite[]
  /** At most so many items a page, whatever the client asks for. */
  pageSize: number
  /** Sends an event to the watches of a collection. */
  send(collection: string, type: string, object: ServedObject): void
  /** Writes a kubeconfig for this server and gives its path. */
  kubeconfig(namespace?: string): string
}

// Making its keys takes longer than most tests.
let authority: TestAuthority | undefined

/** Starts a server with nothing in its collections of nodes, reports, namespaces, runtime classes and pods. */
export const startListingApiServer = async (t: Test): Promise<ListingApiServer> => {
  authority ??= createTestAuthority()
  const { caPem } = authority
  const { certificatePem: cert, privateKeyPem: key } = authority.server()
  const watches = new Map<string, ServerResponse[]>()
  const folder = t.testdir()
  const server = createServer({ cert, key }, (request, response) => answer(api, watches, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const api: ListingApiServer = {
    collections: new Map(EMPTY.map(path => [path, []])),
    documents: new Map(),
    refusals: new Map(),
    requests: [],
    writes: [],
    pageSize: 500,
    send: (collection, type, object) => {
      for (const watch of watches.get(collection) ?? []) watch.write(`${JSON.stringify({ type, object })}\n`)
    },
    kubeconfig: namespace => {
      const path = join(folder, 'kubeconfig')
      const { port } = server.address() as AddressInfo
      const certificate = Buffer.from(caPem).toString('base64')
      const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': certificate }
      const config = {
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user: { token: 't' } }],
        contexts: [{ name: 'test', context: { cluster: 'c', user: 'u', ...(namespace ? { namespace } : {}) } }],
        'current-context': 'test',
      }
      writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }))
      return path
    },
  }
  return api
}

const EMPTY = [
  '/api/v1/nodes',
  '/api/v1/namespaces',
  '/api/v1/pods',
  '/apis/node.k8s.io/v1/runtimeclasses',
  '/apis/soci-guard.dev/v1alpha1/nodesnapshotters',
]

const answer = (
  api: ListingApiServer,
  watches: Map<string, ServerResponse[]>,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://server')
  api.requests.push(decodeURIComponent((request.url ?? '').replaceAll('+', ' ')))
  const { collection, namespace, name } = partsOf(pathname, api)
  const all = api.collections.get(collection)
  const document = api.documents.get(pathname)
  const refusal = takeRefusal(api, searchParams.has('continue') ? `${pathname} continue` : pathname)
  if (refusal !== undefined) refuse(response, refusal)
  else if (document !== undefined) send(response, document)
  else if (request.method !== 'GET') void write(api, partsOf(pathname, api), request, response)
  else if (all === undefined) refuse(response, { status: 404, message: 'the server could not find the resource' })
  else if (searchParams.has('sendInitialEvents')) refuse(response, { status: 400, message: 'WatchList is off' })
  else if (searchParams.has('watch')) {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    watches.set(collection, [...(watches.get(collection) ?? []), response])
  } else {
    const objects = all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    if (name === undefined) send(response, page(objects.filter(selects(searchParams)), searchParams, api.pageSize))
    else sendNamed(response, objects, name)
  }
}

const write = async (
  api: ListingApiServer,
  { collection, namespace, name }: ReturnType<typeof partsOf>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const written = await readWrite(request)
  api.writes.push(written)
  const objects = api.collections.get(collection)
  if (objects === undefined) refuse(response, { status: 404, message: 'the server could not find the resource' })
  else answerWrite(response, writeObject({ objects, namespace, name }, written))
}

const takeRefusal = ({ refusals }: ListingApiServer, path: string): Refusal | undefined => {
  const refusal = refusals.get(path)
  if (refusal?.times === 0) return undefined
  if (refusal?.times !== undefined) refusal.times -= 1
  return refusal
}

const sendNamed = (response: ServerResponse, objects: readonly ServedObject[], name: string): void => {
  const found = objects.find(({ metadata }) => metadata.name === name)
  if (found === undefined) refuse(response, { status: 404, message: `"${name}" not found` })
  else send(response, found)
}

const partsOf = (
  path: string,
  { collections }: ListingApiServer,
): { collection: string; namespace?: string; name?: string | undefined } => {
  const match = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(path)
  if (match !== null) {
    const [, root, namespace = '', resource, name] = match
    return { collection: `${root}/${resource}`, namespace, name }
  }
  // An object without a namespace stands directly under its collection.
  const collection = [...collections.keys()].find(known => path.startsWith(`${known}/`))
  if (collection === undefined) return { collection: path }
  return { collection, name: path.slice(collection.length + 1).split('/', 1)[0] }
}

const selects = (query: URLSearchParams) => {
  const [node] = /(?<=spec\.nodeName=)[^,]+/.exec(query.get('fieldSelector') ?? '') ?? []
  const isRunningOnly = query.get('fieldSelector')?.includes('status.phase!=') ?? false
  const [key, value] = query.get('labelSelector')?.split('=') ?? []
  return ({ spec, status, metadata }: ServedObject): boolean =>
    (node === undefined || spec?.nodeName === node) &&
    !(isRunningOnly && ['Succeeded', 'Failed'].includes(status?.phase ?? '')) &&
    (key === undefined || metadata.labels?.[key] === value)
}

const page = (objects: readonly ServedObject[], query: URLSearchParams, pageSize: number): object => {
  const start = Number(query.get('continue') ?? 0)
  const end = start + Math.min(pageSize, Number(query.get('limit') ?? pageSize))
  const metadata = { resourceVersion: '100', ...(end < objects.length ? { continue: String(end) } : {}) }
  return { metadata, items: objects.slice(start, end) }
}

const send = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const refuse = (response: ServerResponse, { status, message, headers }: Refusal): void => {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
