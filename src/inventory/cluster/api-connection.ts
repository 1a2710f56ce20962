import type { IncomingMessage } from 'node:http'
import { GuardError } from '../../errors.ts'
import { type CredentialSource, createCredentialSource } from './api-credentials.ts'
import { BrokenAnswer, exchange } from './api-exchange.ts'
import { isJson, refusalOf } from './api-status.ts'
import { type KubeconfigChoice, loadKubeconfig } from './kubeconfig.ts'
import type { ApiResource } from './missing-right.ts'

/** What may be said about a request. */
export interface ApiRequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** application/json unless given. */
  readonly accept?: string
  readonly body?: string | Buffer
  /** application/json unless given. */
  readonly contentType?: string
  readonly signal?: AbortSignal
  /** Until the head of the answer for `request`, until its end for `readBody` and `readJson`; 30 s unless given. */
  readonly deadlineMs?: number
  /** Which right the request needs, for the message of a 403. */
  readonly resource?: ApiResource
}

/** The head of an answer, its body yet to be read. */
export interface ApiAnswer {
  readonly statusCode: number
  readonly headers: IncomingMessage['headers']
  readonly body: IncomingMessage
}

/** A way to the API server of one cluster; paths begin with a slash. Every error is a GuardError. */
export interface ApiConnection {
  /**
   * The JSON answer to a request, as a stream. Rejects with an ApiError for every status but 2xx and with
   * SOCI_GUARD_API_UNEXPECTED for what is not JSON; after a 401 the credentials are read anew and the request is sent again.
   */
  request(path: string, options?: ApiRequestOptions): Promise<ApiAnswer>
  /** The whole body of such an answer, at most 64 MiB. */
  readBody(path: string, options?: ApiRequestOptions): Promise<Buffer>
  /** The same, parsed. */
  readJson(path: string, options?: ApiRequestOptions): Promise<unknown>
  /** Closes every connection. */
  close(): void
}

/** What a connection needs. */
export interface ApiConnectionOptions extends KubeconfigChoice {
  /** Who asks, for the API server's audit log, e.g. soci-guard/0.1.0. */
  readonly userAgent: string
  /** A clock that nobody sets. */
  readonly nowMs: () => number
}

const DEFAULT_DEADLINE_MS = 30_000
const MAX_BODY_BYTES = 64 * 1024 * 1024
const MAX_REFUSAL_BYTES = 65_536

/** A connection to the chosen cluster; nothing is read or sent before the first request. */
export const createApiConnection = (options: ApiConnectionOptions): ApiConnection => {
  const credentials = createCredentialSource({ load: () => loadKubeconfig(options), nowMs: options.nowMs })

  const request = async (path: string, asked: ApiRequestOptions = {}): Promise<ApiAnswer> => {
    const first = await send(credentials, options.userAgent, path, asked)
    if (first.statusCode !== 401) return accepted(first, path, asked)
    first.body.destroy()
    credentials.renew()
    return accepted(await send(credentials, options.userAgent, path, asked), path, asked)
  }

  const readBody = async (path: string, asked: ApiRequestOptions = {}): Promise<Buffer> => {
    const deadlineMs = asked.deadlineMs ?? DEFAULT_DEADLINE_MS
    const endsAtMs = options.nowMs() + deadlineMs
    const { body } = await request(path, asked)
    return collect(body, MAX_BODY_BYTES, endsAtMs - options.nowMs(), `${asked.method ?? 'GET'} ${path}`)
  }

  return {
    request,
    readBody,
    readJson: async (path, asked) => parseBody(await readBody(path, asked), path),
    close: credentials.close,
  }
}

const send = async (
  credentials: CredentialSource,
  userAgent: string,
  path: string,
  asked: ApiRequestOptions,
): Promise<ApiAnswer> => {
  const { method = 'GET', deadlineMs = DEFAULT_DEADLINE_MS, body } = asked
  const { server, agent, headers } = await withinDeadline(credentials, deadlineMs)
  const response = await exchange({
    url: `${server}${path}`,
    options: {
      method,
      agent,
      headers: {
        ...headers,
        accept: asked.accept ?? 'application/json',
        'user-agent': userAgent,
        ...(body === undefined
          ? {}
          : { 'content-type': asked.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    },
    body,
    signal: asked.signal,
    deadlineMs,
  })
  return { statusCode: response.statusCode ?? 0, headers: response.headers, body: response }
}

// A plugin that hangs must not hang us; the next request starts it again.
const withinDeadline = async (credentials: CredentialSource, deadlineMs: number) => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    credentials.renew()
    const message = `the credentials of the kubeconfig were not there within ${Math.round(deadlineMs)} ms; look at its exec plugin`
    reject(new GuardError('SOCI_GUARD_KUBECONFIG', message))
  }, deadlineMs)
  try {
    return await Promise.race([credentials.current(), late])
  } finally {
    clearTimeout(timer)
  }
}

const accepted = async (answer: ApiAnswer, path: string, asked: ApiRequestOptions): Promise<ApiAnswer> => {
  const { statusCode, headers, body } = answer
  const what = `${asked.method ?? 'GET'} ${path}`
  if (statusCode >= 200 && statusCode < 300) {
    if (isJson(headers)) return answer
    body.destroy()
    throw new GuardError(
      'SOCI_GUARD_API_UNEXPECTED',
      `${what}: the answer is ${headers['content-type'] ?? 'of no content type'} and not JSON; look for a proxy or a login page between us and the API server`,
    )
  }
  // What is said in the refusal is worth a moment, but not an error of its own.
  const said = await collect(body, MAX_REFUSAL_BYTES, 5000, what).catch(() => Buffer.alloc(0))
  throw refusalOf({ statusCode, headers, body: said }, { what, resource: asked.resource })
}

const collect = async (body: IncomingMessage, maxBytes: number, deadlineMs: number, what: string): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  const timer = setTimeout(() => body.destroy(new Error('it did not end in time')), Math.max(0, deadlineMs))
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)
  } catch (error) {
    throw new BrokenAnswer(what, error)
  } finally {
    clearTimeout(timer)
  }
}

const parseBody = (body: Buffer, path: string): unknown => {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `${path}: the answer is not JSON, or was cut off`, { cause })
  }
}
