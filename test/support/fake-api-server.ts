// An API server for tests of what follows one: HTTPS on a free port, the four collections, and whatever goes wrong on demand.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { createFakeCollection, type FakeCollection, type FakeOffers, statusOf } from './fake-api-collection.ts'
import { createTestAuthority, type TestAuthority } from './test-certificates.ts'

/** The collections that are served, by the names of the kinds. */
export const FAKE_PATHS = {
  nodes: '/api/v1/nodes',
  reports: '/apis/soci-guard.dev/v1alpha1/nodesnapshotters',
  namespaces: '/api/v1/namespaces',
  runtimeclasses: '/apis/node.k8s.io/v1/runtimeclasses',
  pods: '/api/v1/namespaces/default/pods',
} as const

type FakeKind = keyof typeof FAKE_PATHS

const TYPES: Record<FakeKind, { apiVersion: string; kind: string }> = {
  nodes: { apiVersion: 'v1', kind: 'Node' },
  reports: { apiVersion: 'soci-guard.dev/v1alpha1', kind: 'NodeSnapshotter' },
  namespaces: { apiVersion: 'v1', kind: 'PartialObjectMetadata' },
  runtimeclasses: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass' },
  pods: { apiVersion: 'v1', kind: 'Pod' },
}

/** Answers a request itself, or returns false to leave it to the server. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean

/** A fake API server that listens. */
export interface FakeApiServer extends Record<FakeKind, FakeCollection> {
  readonly port: number
  readonly authority: TestAuthority
  readonly offers: FakeOffers
  /** Method and URL of every request, in order. */
  readonly requests: string[]
  /** The bearer tokens and common names of client certificates that are let in; empty: everybody is. */
  readonly accepted: Set<string>
  /** Who was let in or not, for each request. */
  readonly callers: string[]
  /** Asked before each answer, while it is set. */
  intercept: Intercept | undefined
  /** The kubeconfig of a user with these credentials, as JSON, which is YAML. */
  kubeconfig(user?: object): string
  close(): Promise<void>
}

const answerJson = (response: ServerResponse, code: number, body: string): void => {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(body)
}

const callerOf = (request: IncomingMessage): string => {
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1]
  if (token !== undefined) return token
  const socket = request.socket as TLSSocket
  return socket.authorized ? String(socket.getPeerCertificate().subject.CN) : ''
}

// Keys take most of the time that a test has, so all servers of a process share them.
const authority = createTestAuthority('fake API server CA')
const { certificatePem: cert, privateKeyPem: key } = authority.server()

/** Starts a server; it is the caller's to close. */
export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const offers: FakeOffers = { streamsLists: 'yes', gone: 'event' }
  let version = 1000
  const nextVersion = (): number => ++version
  const collection = (kind: FakeKind): FakeCollection => createFakeCollection(TYPES[kind], offers, nextVersion)
  const collections: Record<FakeKind, FakeCollection> = {
    nodes: collection('nodes'),
    reports: collection('reports'),
    namespaces: collection('namespaces'),
    runtimeclasses: collection('runtimeclasses'),
    pods: collection('pods'),
  }
  const requests: string[] = []
  const callers: string[] = []
  const accepted = new Set<string>()
  const sockets = new Set<Duplex>()

  const server = createServer({ cert, key, ca: authority.caPem, requestCert: true, rejectUnauthorized: false })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const caller = callerOf(request)
    callers.push(caller)
    if (accepted.size > 0 && !accepted.has(caller)) {
      answerJson(response, 401, statusOf(401, 'Unauthorized', 'Unauthorized'))
    } else if (!fake.intercept?.(request, response)) route(request, response)
  })

  const route = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'https://localhost')
    const kinds = Object.entries(FAKE_PATHS) as [FakeKind, string][]
    const whole = kinds.find(([, path]) => path === url.pathname)?.[0]
    // Pods stand under a namespace, so the longest path that fits is the one meant.
    const holder = kinds
      .filter(([, path]) => url.pathname.startsWith(`${path}/`))
      .sort(([, one], [, other]) => other.length - one.length)[0]
    const single = holder && collections[holder[0]].get(url.pathname.slice(holder[1].length + 1))
    if (whole !== undefined) collections[whole].answer(url.searchParams, response)
    else if (single !== undefined) answerJson(response, 200, single)
    else answerJson(response, 404, statusOf(404, 'NotFound', `${url.pathname} not found`))
  }

  const fake: FakeApiServer = {
    ...collections,
    authority,
    offers,
    requests,
    callers,
    accepted,
    intercept: undefined,
    get port() {
      return (server.address() as AddressInfo).port
    },
    kubeconfig: (user = { token: 'secret' }) => {
      const cluster = {
        server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
        'certificate-authority-data': Buffer.from(authority.caPem).toString('base64'),
      }
      return JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'fake', cluster }],
        users: [{ name: 'tester', user }],
        contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester' } }],
        'current-context': 'fake',
      })
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return fake
}
