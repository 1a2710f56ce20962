import type { IncomingMessage } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import type { Identity } from './identity.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { parseWarning } from './warning-header.ts'

/** Where the API server is and who asks. */
export interface ApiOptions {
  server: string
  authorityPem: string
  identity: Identity
  /** Connections kept open; the number of requests that can be under way at once. */
  connections?: number
}

/** One answer of the API server, also a refusal. */
export interface ApiAnswer {
  status: number
  body: unknown
  /** The texts of the Warning headers, as kubectl prints them. */
  warnings: string[]
}

/** The content types of the ways to change an object. */
export type PatchType = 'json-patch' | 'merge-patch' | 'strategic-merge-patch' | 'apply-patch'

/** The API server said no; `status` and `message` are its own. */
export class ApiError extends Error {
  readonly status: number
  readonly answer: ApiAnswer
  constructor(method: string, path: string, answer: ApiAnswer) {
    const message = (answer.body as { message?: string } | null)?.message ?? String(answer.body)
    super(`${method} ${path}: ${answer.status} ${message}`)
    this.status = answer.status
    this.answer = answer
  }
}

/** A client of the API server over keep-alive connections; paths are the API server's own, query included. */
export class Api {
  readonly options: ApiOptions
  readonly #agent: Agent
  readonly #url: URL

  constructor(options: ApiOptions) {
    this.options = options
    this.#url = new URL(options.server)
    const { identity } = options
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: options.connections ?? 16,
      ca: options.authorityPem,
      ...('certificate' in identity
        ? { cert: identity.certificate.certificatePem, key: identity.certificate.privateKeyPem }
        : {}),
    })
  }

  /** Reads one object; throws ApiError (404 included). */
  get<T = KubernetesObject>(path: string): Promise<T> {
    return this.#expect<T>('GET', path)
  }

  /** Reads one object; undefined when there is none. */
  async find<T = KubernetesObject>(path: string): Promise<T | undefined> {
    const answer = await this.send('GET', path)
    if (answer.status === 404) return undefined
    return accept<T>('GET', path, answer)
  }

  /** Reads all objects of a collection. */
  async list<T = KubernetesObject>(path: string): Promise<T[]> {
    return (await this.#expect<{ items: T[] }>('GET', path)).items
  }

  /** Creates an object in a collection. */
  create<T = KubernetesObject>(path: string, object: unknown): Promise<T> {
    return this.#expect<T>('POST', path, object)
  }

  /** Changes an object; `apply-patch` is server-side apply and wants `fieldManager` in the path's query. */
  async patch<T = KubernetesObject>(path: string, change: unknown, type: PatchType = 'merge-patch'): Promise<T> {
    const contentType = type === 'apply-patch' ? 'application/apply-patch+yaml' : `application/${type}+json`
    return accept<T>('PATCH', path, await this.send('PATCH', path, change, contentType))
  }

  /** Server-side apply of an object at its own path, taking over every field. */
  apply<T = KubernetesObject>(path: string, object: unknown, fieldManager = 'e2e'): Promise<T> {
    return this.patch<T>(`${path}?fieldManager=${fieldManager}&force=true`, object, 'apply-patch')
  }

  /** Deletes an object at once, without a grace period; one that is not there, or has another uid than the one given, is fine. */
  async delete(path: string, uid?: string): Promise<void> {
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    const answer = await this.send('DELETE', path, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
      ...preconditions,
    })
    const isGone = answer.status === 404 || (uid !== undefined && answer.status === 409)
    if (!isGone) accept('DELETE', path, answer)
  }

  /** Asks to bind a pending pod to a node without doing it: a cheap probe of all that judges bindings. */
  dryRunBind(namespace: string, pod: string, node: string): Promise<ApiAnswer> {
    return this.bind(namespace, pod, node, '?dryRun=All')
  }

  /** Binds a pod to a node as a scheduler does; the answer is a refusal or 201. */
  bind(namespace: string, pod: string, node: string, query = ''): Promise<ApiAnswer> {
    return this.send('POST', `/api/v1/namespaces/${namespace}/pods/${pod}/binding${query}`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod, namespace },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    })
  }

  /** Any request; never throws for a status, only when no answer came. */
  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> {
    const response = await this.open(method, path, body, contentType)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const isJson = response.headers['content-type']?.startsWith('application/json') ?? false
    const warnings = response.headersDistinct.warning ?? []
    return {
      status: response.statusCode ?? 0,
      body: isJson ? JSON.parse(text) : text,
      warnings: warnings.map(parseWarning),
    }
  }

  /** Sends a request and gives the response with its body still to come; for watches. */
  open(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const { identity } = this.options
    const headers: Record<string, string | number> = { accept: 'application/json' }
    if ('token' in identity) headers.authorization = `Bearer ${identity.token}`
    if (text !== undefined) {
      headers['content-type'] = contentType ?? 'application/json'
      headers['content-length'] = Buffer.byteLength(text)
    }
    const options: RequestOptions = { method, path, headers, host: this.#url.hostname, port: this.#url.port || 443 }
    return new Promise((resolve, reject) => {
      request({ ...options, agent: this.#agent, ...(signal ? { signal } : {}) }, resolve)
        .once('error', reject)
        .end(text)
    })
  }

  /** Closes the kept connections, so that nothing holds the process. */
  close(): void {
    this.#agent.destroy()
  }

  async #expect<T>(method: string, path: string, body?: unknown): Promise<T> {
    return accept<T>(method, path, await this.send(method, path, body))
  }
}

function accept<T>(method: string, path: string, answer: ApiAnswer): T {
  if (answer.status >= 400) throw new ApiError(method, path, answer)
  return answer.body as T
}
