import { connect } from 'node:tls'
import { isJsonObject, ownMember } from '../../admission/own-member.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import type { ReplicaFacts } from './certificate-facts.ts'
import { CALL_DEADLINE_MS } from './kept-objects.ts'
import { parseCertificate, type ReadAuthority, signersOf } from './read-authorities.ts'

/** The Service of the webhook, and its port for TLS by name. */
export interface AskedService {
  readonly namespace: string
  readonly name: string
  readonly portName: string
}

interface Endpoint {
  readonly address: string
  readonly port: number
  readonly ready: boolean
}

const ANSWER_DEADLINE_MS = 3000

/** Asks every endpoint in the Service's EndpointSlices for its certificate, all at once. */
export const askReplicas = async (
  connection: ApiConnection,
  service: AskedService,
  known: readonly ReadAuthority[],
  signal: AbortSignal,
): Promise<ReplicaFacts[]> => {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service.name}`)
  const path = `/apis/discovery.k8s.io/v1/namespaces/${service.namespace}/endpointslices?labelSelector=${selector}`
  const list = await connection.readJson(path, { signal, deadlineMs: CALL_DEADLINE_MS })
  const endpoints = membersOf(list, 'items').flatMap(slice => endpointsOf(slice, service.portName))
  const servername = `${service.name}.${service.namespace}.svc`
  return Promise.all(
    endpoints.map(async ({ ready, address, port }) => {
      const certificate = parseCertificate((await servedBy(address, port, servername, signal)) ?? '')
      return { ready, signers: certificate && signersOf(certificate, known) }
    }),
  )
}

const endpointsOf = (slice: unknown, portName: string): Endpoint[] => {
  const port = membersOf(slice, 'ports').find(candidate => ownMember(candidate, 'name') === portName)
  return membersOf(slice, 'endpoints').map(endpoint => ({
    address: String(membersOf(endpoint, 'addresses')[0] ?? ''),
    port: Number(ownMember(port, 'port') ?? 0),
    // Without a word about it an endpoint counts as ready.
    ready: ownMember(ownMember(endpoint, 'conditions'), 'ready') !== false,
  }))
}

const membersOf = (value: unknown, key: string): readonly unknown[] => {
  const members = isJsonObject(value) ? ownMember(value, key) : undefined
  return Array.isArray(members) ? members : []
}

/** What a TLS server shows, as DER; null when it does not within three seconds. Whether to trust it is the caller's question. */
export const servedBy = (host: string, port: number, servername: string, signal: AbortSignal): Promise<Buffer | null> =>
  new Promise(resolve => {
    const socket = connect({ host, port, servername, rejectUnauthorized: false })
    const end = (shown: Buffer | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', give)
      socket.destroy()
      resolve(shown)
    }
    const give = (): void => end(null)
    const timer = setTimeout(give, ANSWER_DEADLINE_MS)
    signal.addEventListener('abort', give, { once: true })
    socket.on('secureConnect', () => end(socket.getPeerX509Certificate()?.raw ?? null))
    socket.on('error', give)
  })
