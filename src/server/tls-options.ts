import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { ClientAuthority } from './client-certificate.ts'

/** What the server shows to clients, PEM. */
export interface ServingCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The oldest TLS version that is spoken. */
export type TlsMinVersion = '1.2' | '1.3'

/** The part of the TLS options that a new certificate replaces on a running server. */
export const secureContextOptions = (
  { certificatePem, privateKeyPem }: ServingCertificate,
  minVersion: TlsMinVersion,
  clientAuthority: ClientAuthority | null,
): SecureContextOptions => ({
  cert: certificatePem,
  key: privateKeyPem,
  minVersion: `TLSv${minVersion}`,
  ...(clientAuthority === null ? {} : { ca: clientAuthority.caPem }),
})

/** The part of the TLS options that stays for the server's life. */
export const connectionOptions = (clientAuthority: ClientAuthority | null): TlsOptions => ({
  // The API server calls webhooks over HTTP/1.1 only: offering h2 would buy nothing but its denial-of-service history.
  ALPNProtocols: ['http/1.1'],
  // As long as the API server's own TLS handshake timeout (client-go transport, 10 s).
  handshakeTimeout: 10_000,
  // A client that is not accepted is told so in a 403, see client-certificate.ts.
  requestCert: clientAuthority !== null,
  rejectUnauthorized: false,
})
