import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { GuardError } from '../../errors.ts'

/** One request as it goes over the wire. */
export interface Exchange {
  readonly url: string
  readonly options: RequestOptions
  readonly body: string | Buffer | undefined
  readonly signal: AbortSignal | undefined
  /** Until the head of the answer is there, milliseconds. */
  readonly deadlineMs: number
  /** Until a new connection is made, milliseconds; three seconds unless given. */
  readonly connectMs?: number
}

// The kernel repeats a lost first packet after 1, 3, 7, 15 and 31 s. After a network that was cut has healed we would sit in such a
// pause, and hear nothing while others reach us already; a new attempt begins at once.
const CONNECT_MS = 3000

/** Sends a request and resolves with the head of the answer; rejects with SOCI_GUARD_API_UNREACHABLE, or the signal's reason. */
export const exchange = async (sent: Exchange): Promise<IncomingMessage> => {
  try {
    return await send(sent)
  } catch (error) {
    // A server may close an idle connection just as it is used again; nothing was answered, so asking once more is safe.
    if (!isStaleConnection(error)) throw error
    return send(sent)
  }
}

interface SentError extends Error {
  readonly cause?: NodeJS.ErrnoException & { readonly reused?: boolean }
}

const isStaleConnection = (error: unknown): boolean => {
  const cause = (error as SentError).cause
  return cause?.reused === true && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
}

const send = ({ url, options, body, signal, deadlineMs, connectMs = CONNECT_MS }: Exchange): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const what = `${options.method ?? 'GET'} ${url}`
    signal?.throwIfAborted()
    const outgoing = request(url, options)
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${Math.round(deadlineMs)} ms`)),
      deadlineMs,
    )
    outgoing.once('socket', socket => {
      if (!socket.connecting) return
      const slow = setTimeout(
        () => outgoing.destroy(new Error(`no connection within ${Math.round(connectMs)} ms`)),
        connectMs,
      )
      const made = (): void => clearTimeout(slow)
      socket.once('connect', made).once('close', made)
    })
    const abort = (): void => void outgoing.destroy(new Error('nobody waits for the answer any more'))
    signal?.addEventListener('abort', abort, { once: true })
    outgoing.on('response', response => {
      clearTimeout(timer)
      response.on('close', () => signal?.removeEventListener('abort', abort))
      resolve(response)
    })
    // Also called after the answer began, when the body is what breaks; the promise is settled then and the stream tells.
    outgoing.on('error', error => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      reject(unreachable(what, Object.assign(error, { reused: outgoing.reusedSocket })))
    })
    outgoing.end(body)
  })

/** The error for a connection that could not be made, or broke before it was answered. */
export const unreachable = (what: string, error: unknown): GuardError =>
  new GuardError('SOCI_GUARD_API_UNREACHABLE', `${what}: ${said(error)}`, { cause: error })

/** An answer that began and did not come whole. */
export class BrokenAnswer extends GuardError {
  constructor(what: string, error: unknown) {
    super('SOCI_GUARD_API_UNREACHABLE', `${what}: the answer broke off: ${said(error)}`, { cause: error })
  }
}

const said = (error: unknown): string => {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || String(error)
}
