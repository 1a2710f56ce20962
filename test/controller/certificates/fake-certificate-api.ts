// The objects that certificates live in, on the fake API server, with versions that a write must match.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { type ApiConnection, createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { statusOf } from '../../support/fake-api-collection.ts'
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts'

/** An object as it is stored. */
export interface Stored {
  metadata: { name: string; uid?: string; resourceVersion?: string; generation?: number; annotations?: object }
  type?: string
  immutable?: boolean
  data?: Record<string, string>
  webhooks?: { name: string; clientConfig: { caBundle?: string; service?: object } }[]
}

type Answered = [code: number, body: object | string]

const SECRETS = '/api/v1/namespaces/guards/secrets'
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/guards/endpointslices'

/** A fake API server with Secrets, a webhook configuration and the addresses of replicas. */
export interface FakeCertificateApi {
  readonly server: FakeApiServer
  readonly connection: ApiConnection
  /** By name: `ca`, `tls` and `hooks`. */
  get(name: 'ca' | 'tls' | 'hooks'): Stored | undefined
  text(name: 'ca' | 'tls', key: string): string
  bundles(): string[]
  /** Changes an object as a person would; undefined deletes it. */
  edit(name: 'ca' | 'tls' | 'hooks', change: (object: Stored) => Stored | undefined): void
  /** Ports on 127.0.0.1 that the Service's endpoints listen on. */
  replicas: { port: number; ready: boolean }[]
  /** Answers every request with this status, while it is set. */
  refuseWith: number | undefined
  close(): Promise<void>
}

const WEBHOOK_NAMES = ['bindings', 'pods', 'advisory']

export const startFakeCertificateApi = async (): Promise<FakeCertificateApi> => {
  const server = await startFakeApiServer()
  const objects = new Map<string, Stored>()
  let version = 0
  const pathOf = { ca: `${SECRETS}/ca`, tls: `${SECRETS}/tls`, hooks: `${WEBHOOKS}/hooks` } as const

  const put = (path: string, object: Stored): Stored => {
    const before = objects.get(path)
    const isSame = JSON.stringify(before?.webhooks) === JSON.stringify(object.webhooks)
    const generation = (before?.metadata.generation ?? 0) + (isSame ? 0 : 1)
    const uid = before?.metadata.uid ?? `uid-${++version}`
    const stored = { ...object, metadata: { ...object.metadata, uid, generation, resourceVersion: String(++version) } }
    objects.set(path, stored)
    return stored
  }
  put(pathOf.hooks, {
    metadata: { name: 'hooks' },
    webhooks: WEBHOOK_NAMES.map(name => ({ name, clientConfig: { service: { name: 'guard' } } })),
  })

  const create = (collection: string, object: Stored): Answered => {
    const path = `${collection}/${object.metadata.name}`
    return objects.has(path) ? [409, 'already exists'] : [201, put(path, object)]
  }
  const replace = (path: string, object: Stored): Answered => {
    const there = objects.get(path)
    if (there === undefined) return [404, 'not found']
    if (object.metadata.resourceVersion !== there.metadata.resourceVersion) return [409, 'it has been modified']
    return there.immutable ? [422, 'immutable'] : [200, put(path, object)]
  }
  const write = (method: string, path: string, body: Stored): Answered => {
    if (method === 'POST') return create(path, body)
    return method === 'PUT' ? replace(path, body) : [objects.delete(path) ? 200 : 404, {}]
  }

  const answer = (response: ServerResponse, [code, body]: Answered): void => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? statusOf(code, 'Failure', body) : JSON.stringify(body))
  }

  const readBody = async (request: IncomingMessage): Promise<string> => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    return text
  }

  server.intercept = (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'https://localhost')
    const { method = 'GET' } = request
    if (api.refuseWith !== undefined) answer(response, [api.refuseWith, 'not now'])
    else if (pathname === SLICES) answer(response, [200, { items: api.replicas.map(sliceOf) }])
    else if (method === 'GET')
      answer(response, objects.has(pathname) ? [200, objects.get(pathname) as object] : [404, 'not found'])
    else void readBody(request).then(text => answer(response, write(method, pathname, JSON.parse(text))))
    return true
  }

  const connection = createApiConnection({
    load: async () => {
      const config = new KubeConfig()
      config.loadFromString(server.kubeconfig())
      return config
    },
    userAgent: 'test',
    nowMs: () => performance.now(),
  })

  const text = (encoded: string | undefined): string => Buffer.from(encoded ?? '', 'base64').toString('utf8')
  const api: FakeCertificateApi = {
    server,
    connection,
    get: name => objects.get(pathOf[name]),
    text: (name, key) => text(objects.get(pathOf[name])?.data?.[key]),
    bundles: () => (objects.get(pathOf.hooks)?.webhooks ?? []).map(({ clientConfig }) => text(clientConfig.caBundle)),
    edit: (name, change) => {
      const object = objects.get(pathOf[name])
      const changed = change(structuredClone(object) as Stored)
      if (changed === undefined) objects.delete(pathOf[name])
      else put(pathOf[name], changed)
    },
    replicas: [],
    refuseWith: undefined,
    close: async () => {
      connection.close()
      await server.close()
    },
  }
  return api
}

const sliceOf = ({ port, ready }: { port: number; ready: boolean }) => ({
  ports: [
    { name: 'ops', port: 1 },
    { name: 'https', port },
  ],
  endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready } }],
})
