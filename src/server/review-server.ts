import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { AnswerFunction } from './answer.ts'
import { type ClientAuthority, createClientCheck } from './client-certificate.ts'
import { close, type DrainTimes, drain } from './drain.ts'
import { createFastTransport } from './fast-transport.ts'
import { createFastifyTransport } from './fastify-transport.ts'
import { listen } from './listen.ts'
import { createRequestGate } from './request-gate.ts'
import type { ReviewExchange } from './review-exchange.ts'
import { applyLimits, DEFAULT_LIMITS, type ServerLimits } from './server-limits.ts'
import type { ServerPhase } from './server-phase.ts'
import { connectionOptions, type ServingCertificate, secureContextOptions, type TlsMinVersion } from './tls-options.ts'

/** What the review server is made of. */
export interface ReviewServerOptions {
  readonly answer: AnswerFunction
  readonly certificate: ServingCertificate
  readonly minVersion: TlsMinVersion
  /** null: anybody may ask, as an API server without a client certificate does. */
  readonly clientAuthority: ClientAuthority | null
  /** Called for each body beyond the limit. */
  readonly bodyTooLarge: () => void
  /** Called with what the answer function threw, which is a bug. */
  readonly failed: (error: unknown) => void
  readonly limits?: ServerLimits
  /** `fastify` leaves the fast transport out, to compare the two. */
  readonly transport?: 'fast' | 'fastify'
}

/** The TLS server that reviews are posted to. */
export interface ReviewServer {
  listen(host: string, port: number): Promise<AddressInfo>
  /** Shows another certificate to connections from now on; those that are open stay. Throws on a pair that does not match. */
  setCertificate(certificate: ServingCertificate): void
  phase(): ServerPhase
  /** Reviews being received or answered. */
  inFlight(): number
  /** Drains and closes; resolves when the last connection is gone. */
  drain(times: DrainTimes): Promise<void>
  /** Closes without draining; running answers have a second to end. */
  close(): Promise<void>
}

/** Builds the review server, ready to listen. */
export const createReviewServer = async (options: ReviewServerOptions): Promise<ReviewServer> => {
  const { minVersion, clientAuthority, limits = DEFAULT_LIMITS } = options
  let phase: ServerPhase = 'serving'
  const exchange: ReviewExchange = {
    answer: options.answer,
    phase: () => phase,
    inFlight: 0,
    bodyTooLarge: options.bodyTooLarge,
    failed: options.failed,
  }
  const gate = createRequestGate({ phase: exchange.phase, clientRefusal: createClientCheck(clientAuthority) })
  const fast = createFastTransport(gate, exchange)
  const withFast = options.transport !== 'fastify'
  const tlsOptions = {
    ...connectionOptions(clientAuthority),
    ...secureContextOptions(options.certificate, minVersion, clientAuthority),
  }
  const listener =
    (fastify: RequestListener): RequestListener =>
    (request, response) => {
      if (!(withFast && fast(request, response))) fastify(request, response)
    }
  const app = createFastifyTransport(
    fastify =>
      applyLimits(
        createServer(
          { ...tlsOptions, connectionsCheckingInterval: limits.checkMs },
          listener(fastify as RequestListener),
        ),
        limits,
      ),
    gate,
    exchange,
  )
  await app.ready()
  const server = app.server as unknown as Server
  return {
    listen: (host, port) => listen(server, host, port),
    setCertificate: certificate =>
      server.setSecureContext(secureContextOptions(certificate, minVersion, clientAuthority)),
    phase: exchange.phase,
    inFlight: () => exchange.inFlight,
    drain: times =>
      drain(server, times, entered => {
        phase = entered
      }),
    close: () => {
      phase = 'closed'
      return close(server, 1000)
    },
  }
}
