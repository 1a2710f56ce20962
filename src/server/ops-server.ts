import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** One condition of readiness: `check` tells what is missing, or null. */
export interface ReadinessCheck {
  readonly name: string
  check(): string | null
}

/** The metrics page: its text and the content type of its format. */
export interface MetricsPage {
  readonly contentType: string
  readonly body: string
}

/** What the ops server shows. */
export interface OpsServerOptions {
  readonly checks: readonly ReadinessCheck[]
  /** Lines for the body of /readyz, ready or not, about what whoever looks there should know. */
  remarks?(): readonly string[]
  /** What makes a restart worth while, or null; without it that the page is served is enough. */
  alive?(): string | null
  metrics(): Promise<MetricsPage>
}

interface Page extends MetricsPage {
  readonly statusCode: number
}

const TEXT = 'text/plain; charset=utf-8'

/** The plain HTTP server for probes and scrapes: /healthz, /readyz and /metrics; it does not listen yet. */
export const createOpsServer = (options: OpsServerOptions): Server => {
  const server = createServer((request, response) => void answer(options, request, response))
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  return server
}

const answer = async (options: OpsServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { statusCode, contentType, body } = await pageFor(options, request)
  response.writeHead(statusCode, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(statusCode === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const pageFor = async (options: OpsServerOptions, { method, url = '' }: IncomingMessage): Promise<Page> => {
  const path = url.split('?', 1)[0]
  if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') {
    return text(404, 'no such path; the paths are /healthz, /readyz and /metrics')
  }
  if (method !== 'GET' && method !== 'HEAD') return text(405, `expected GET or HEAD, found ${method}`)
  // That this runs at all is what /healthz asks: the event loop turns.
  if (path === '/healthz') return liveness(options)
  return path === '/readyz' ? readiness(options) : metricsPage(options)
}

const liveness = ({ alive }: OpsServerOptions): Page => {
  const found = alive?.() ?? null
  return found === null ? text(200, 'ok') : text(503, found)
}

const readiness = ({ checks, remarks }: OpsServerOptions): Page => {
  const missing = checks.flatMap(({ name, check }) => {
    const found = check()
    return found === null ? [] : [`${name}: ${found}`]
  })
  const said = remarks?.() ?? []
  return missing.length === 0 ? text(200, ['ok', ...said].join('\n')) : text(503, [...missing, ...said].join('\n'))
}

const metricsPage = async (options: OpsServerOptions): Promise<Page> => {
  try {
    return { statusCode: 200, ...(await options.metrics()) }
  } catch (error) {
    return text(500, `the metrics could not be collected: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const text = (statusCode: number, line: string): Page => ({ statusCode, contentType: TEXT, body: `${line}\n` })
