// The load: raw TLS sockets with prebuilt request bytes, so that the client costs less than the server it measures.
// It runs as a process of its own on the other core, takes its orders as JSON on argv, and prints its figures as JSON.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { connect, type TLSSocket } from 'node:tls'

interface Orders {
  readonly port: number
  readonly ca: string
  readonly connections: number
  readonly durationMs: number
  readonly warmUpMs: number
  /** Requests a second over all connections; 0 = as fast as answers come. */
  readonly ratePerSecond: number
  readonly bodies: { readonly path: string; readonly file: string }[]
  /** Large bodies sent beside, each on a connection of its own. */
  readonly beside: { readonly path: string; readonly file: string; readonly ratePerSecond: number } | null
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders

const requestBytes = ({ path, file }: { path: string; file: string }): Buffer => {
  const body = readFileSync(file)
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: kube-apiserver-admission\r\naccept: application/json, */*\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\naccept-encoding: gzip\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

const open = (): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { port: orders.port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(orders.ca) },
      () => resolve(socket),
    )
    socket.setNoDelay(true)
    socket.once('error', reject)
  })

/** Sends one request at a time over one connection; `exchange` resolves with the status when the whole answer is there. */
const createConnection = async (): Promise<{
  exchange(bytes: Buffer, done: (status: number) => void): void
  close(): void
}> => {
  const socket = await open()
  let received: Buffer = Buffer.alloc(0)
  let waiting: ((status: number) => void) | undefined
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = received.toString('latin1', 0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (received.length < headEnd + 4 + length) return
    received = Buffer.alloc(0)
    const done = waiting
    waiting = undefined
    done?.(Number(head.slice(9, 12)))
  })
  return {
    exchange(bytes, done) {
      waiting = done
      socket.write(bytes)
    },
    close: () => socket.destroy(),
  }
}

const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const latencies: number[] = []
let failures = 0
let counting = false
let stopped = false

const record = (startedAt: number, status: number): void => {
  if (!counting) return
  if (status !== 200) failures += 1
  latencies.push(performance.now() - startedAt)
}

const saturate = (connections: Awaited<ReturnType<typeof createConnection>>[], requests: Buffer[]): void => {
  let next = 0
  for (const connection of connections) {
    const again = (): void => {
      if (stopped) return
      const startedAt = performance.now()
      const bytes = requests[next++ % requests.length]
      if (bytes === undefined) return
      connection.exchange(bytes, status => {
        record(startedAt, status)
        again()
      })
    }
    again()
  }
}

// Open loop: latency counts from the moment a request was due, so that a stalled server is not spared its queue.
const pace = (
  connections: Awaited<ReturnType<typeof createConnection>>[],
  requests: Buffer[],
  ratePerSecond: number,
  count: boolean,
): void => {
  const idle = [...connections]
  const queue: number[] = []
  const startedAt = performance.now()
  let sent = 0
  const drain = (): void => {
    while (idle.length > 0 && queue.length > 0) {
      const connection = idle.pop()
      const due = queue.shift()
      const bytes = requests[sent++ % requests.length]
      if (connection === undefined || due === undefined || bytes === undefined) return
      connection.exchange(bytes, status => {
        if (count) record(due, status)
        idle.push(connection)
        drain()
      })
    }
  }
  let scheduled = 0
  const tick = (): void => {
    if (stopped) return
    const due = Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond)
    for (; scheduled < due; scheduled += 1) queue.push(startedAt + (scheduled / ratePerSecond) * 1000)
    drain()
    setTimeout(tick, 1)
  }
  tick()
}

const connections = await Promise.all(Array.from({ length: orders.connections }, createConnection))
const requests = orders.bodies.map(requestBytes)
if (orders.ratePerSecond > 0) pace(connections, requests, orders.ratePerSecond, true)
else saturate(connections, requests)
if (orders.beside !== null) {
  const extra = await Promise.all(Array.from({ length: 4 }, createConnection))
  pace(extra, [requestBytes(orders.beside)], orders.beside.ratePerSecond, false)
}

await new Promise(resolve => setTimeout(resolve, orders.warmUpMs))
counting = true
process.stdout.write('counting\n')
const startedAt = performance.now()
await new Promise(resolve => setTimeout(resolve, orders.durationMs))
counting = false
const elapsedMs = performance.now() - startedAt
process.stdout.write('counted\n')
stopped = true
const sorted = Float64Array.from(latencies).sort()
process.stdout.write(
  `${JSON.stringify({ requests: sorted.length, failures, perSecond: (sorted.length / elapsedMs) * 1000, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) })}\n`,
)
process.exit(0)
