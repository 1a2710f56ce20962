// A client without an acceptable certificate gets through the TLS handshake and then a 403 with a sentence, because the API
// server shows that sentence to its user and of a failed handshake only an alert. Nothing of its request body is read.
import type { IncomingMessage } from 'node:http'
import { type PeerCertificate, TLSSocket } from 'node:tls'

/** Who may ask: holders of a certificate signed by the CA and, when names are given, for one of these CNs or DNS names. */
export interface ClientAuthority {
  readonly caPem: string
  readonly names: ReadonlySet<string>
}

/** Tells why a client may not ask, or null; asked once a connection, because a connection's certificate never changes. */
export const createClientCheck = (authority: ClientAuthority | null): ((request: IncomingMessage) => string | null) => {
  if (authority === null) return () => null
  const known = new WeakMap<object, string | null>()
  return ({ socket }) => {
    const before = known.get(socket)
    if (before !== undefined) return before
    const refusal = socket instanceof TLSSocket ? refusalOf(socket, authority.names) : 'expected a TLS connection'
    known.set(socket, refusal)
    return refusal
  }
}

const refusalOf = (socket: TLSSocket, names: ReadonlySet<string>): string | null => {
  const certificate = socket.getPeerCertificate()
  if (Object.keys(certificate).length === 0)
    return 'client certificate: expected one signed by the client CA, found none'
  if (!socket.authorized) {
    return `client certificate: expected one signed by the client CA, found one that is not accepted (${socket.authorizationError})`
  }
  if (names.size === 0) return null
  const found = namesOf(certificate)
  if (found.some(name => names.has(name))) return null
  return `client certificate: expected the name ${[...names].join(' or ')}, found ${found.join(', ') || 'no name'}`
}

const namesOf = ({ subject, subjectaltname }: PeerCertificate): string[] => {
  const commonNames = [subject?.CN ?? []].flat()
  return [...commonNames, ...dnsNames(subjectaltname ?? '')]
}

// Node quotes a name that holds a comma or a quote, so that it cannot pass for two (CVE-2021-44532); no DNS name needs quoting.
const dnsNames = (subjectAltName: string): string[] =>
  subjectAltName
    .split(', ')
    .filter(name => name.startsWith('DNS:') && !name.includes('"'))
    .map(name => name.slice('DNS:'.length))
