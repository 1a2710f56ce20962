// HTTP over a TLS socket without an HTTP client in between, so that tests see the very bytes and decide when they are sent.
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly statusCode: number
  /** The head as it came, but for the value of Date, which differs from second to second. */
  readonly head: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A TLS connection on which bytes are written and answers read in order. */
export interface RawClient {
  readonly socket: TLSSocket
  write(bytes: string | Buffer): void
  /** The next whole answer; rejects when the connection ends before it. One to HEAD has no body, whatever its length says. */
  answer(toHead?: boolean): Promise<RawAnswer>
  /** Resolves when the server has closed the connection. */
  closed(): Promise<void>
  destroy(): void
}

/** Opens a connection; rejects when the handshake fails. */
export const openRawClient = (port: number, options: ConnectionOptions): Promise<RawClient> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...options }, () =>
      resolve(wrap(socket)),
    )
    socket.once('error', reject)
  })

const wrap = (socket: TLSSocket): RawClient => {
  let received: Buffer = Buffer.alloc(0)
  let waiting: { toHead: boolean; resolve(answer: RawAnswer): void; reject(error: Error): void } | undefined
  const deliver = (): void => {
    const found = waiting === undefined ? undefined : takeAnswer(received, waiting.toHead)
    if (found === undefined) return
    received = found.rest
    const { resolve } = waiting ?? {}
    waiting = undefined
    resolve?.(found.answer)
  }
  const gone = (): void => waiting?.reject(new Error('the connection ended before the answer'))
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    deliver()
  })
  socket.on('error', () => {})
  socket.on('close', gone)
  return {
    socket,
    write: bytes => void socket.write(bytes),
    answer: (toHead = false) =>
      new Promise((resolve, reject) => {
        waiting = { toHead, resolve, reject }
        if (socket.destroyed && received.length === 0) gone()
        deliver()
      }),
    closed: () => new Promise(resolve => (socket.destroyed ? resolve() : socket.once('close', () => resolve()))),
    destroy: () => void socket.destroy(),
  }
}

const takeAnswer = (received: Buffer, toHead: boolean): { answer: RawAnswer; rest: Buffer } | undefined => {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd).replace(/^date: .*$/im, 'Date: -')
  const headers = Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line: string) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  )
  const bodyEnd = headEnd + 4 + (toHead ? 0 : Number(headers['content-length'] ?? 0))
  if (received.length < bodyEnd) return undefined
  const answer = {
    statusCode: Number(head.slice(9, 12)),
    head,
    headers,
    body: received.toString('utf8', headEnd + 4, bodyEnd),
  }
  return { answer, rest: received.subarray(bodyEnd) }
}

/** The bytes of a review POST with a known length; `headers` replace or, when '', drop the usual ones. */
export const postBytes = (
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer => {
  const all = {
    host: 'localhost',
    'user-agent': 'kube-apiserver-admission',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const lines = Object.entries(all).filter(([, value]) => value !== '')
  const head = `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}
