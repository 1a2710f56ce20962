import type { Server } from 'node:https'

/** How long a connection may take over what, milliseconds. */
export interface ServerLimits {
  /** An idle connection is kept this long. */
  readonly keepAliveMs: number
  /** The head of a request must be there after this long, counted from its first byte. */
  readonly headersMs: number
  /** The whole request must be there after this long, counted from its first byte. */
  readonly requestMs: number
  /** How often slow requests are looked for. */
  readonly checkMs: number
}

/**
 * keepAliveMs: the API server keeps idle connections for 90 s (client-go's transport); whoever closes first must not be us, or
 * a request that is under way on the connection is lost. requestMs: as long as an API server waits at most. An idle
 * connection is not touched by the other two, so headersMs need not be above keepAliveMs.
 */
export const DEFAULT_LIMITS: ServerLimits = {
  keepAliveMs: 120_000,
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5000,
}

/** Sets the limits on a server that was created with `connectionsCheckingInterval: checkMs`. */
export const applyLimits = (server: Server, { keepAliveMs, headersMs, requestMs }: ServerLimits): Server => {
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = headersMs
  server.requestTimeout = requestMs
  return server
}
