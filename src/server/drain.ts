import type { Server } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { ServerPhase } from './server-phase.ts'

/** How long each step of shutting down takes, milliseconds. */
export interface DrainTimes {
  /** Keep answering: Services need this long to take a terminating pod out of their endpoints. */
  readonly drainMs: number
  /** Then answer 503 with Retry-After to what still comes, instead of refusing its connection. */
  readonly lateMs: number
  /** Then close, and cut what has not ended by itself after this long. */
  readonly closeMs: number
}

/** Shuts the server down in the order draining, refusing, closed; resolves when the last connection is gone. */
export const drain = async (server: Server, times: DrainTimes, enter: (phase: ServerPhase) => void): Promise<void> => {
  enter('draining')
  await wait(times.drainMs)
  enter('refusing')
  await wait(times.lateMs)
  enter('closed')
  await close(server, times.closeMs)
}

/** Stops listening, lets running answers end, and cuts what is left after `closeMs`. */
export const close = (server: Server, closeMs: number): Promise<void> =>
  new Promise(resolve => {
    const cut = setTimeout(() => server.closeAllConnections(), closeMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
