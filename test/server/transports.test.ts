import fc from 'fast-check'
import t from 'tap'
import type { RawAnswer, RawClient } from '../support/raw-tls-client.ts'
import { type StartedServer, startServer } from '../support/review-server.ts'

// What varies in a request, mostly as an API server sends it and now and then not.
const request = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY'),
  path: fc.constantFrom(
    '/validate/bindings',
    '/validate/pods',
    '/validate/advisory',
    '/validate',
    '/',
    '/validate/pods%2f',
    '*',
  ),
  query: fc.constantFrom(
    '',
    '?timeout=10s',
    '?timeout=1m',
    '?timeout=',
    '?timeout=x',
    '?timeout=1s&timeout=2s',
    '?a=%zz',
    '?',
  ),
  contentType: fc.constantFrom(
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=utf-16',
    'application/json;',
    'text/plain',
    'application',
    undefined,
  ),
  contentEncoding: fc.constantFrom(undefined, undefined, 'identity', 'gzip'),
  connection: fc.constantFrom(undefined, undefined, 'close'),
  chunked: fc.boolean(),
  body: fc.oneof(fc.constant(''), fc.json(), fc.string()),
})

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never

const bytesOf = (given: Request): Buffer => {
  const body = Buffer.from(given.body)
  const headers = [
    ['host', 'localhost'],
    ['content-type', given.contentType],
    ['content-encoding', given.contentEncoding],
    ['connection', given.connection],
    given.chunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(body.length)],
  ].filter(([, value]) => value !== undefined)
  const head = `${given.method} ${given.path}${given.query} HTTP/1.1\r\n${headers.map(header => `${header.join(': ')}\r\n`).join('')}\r\n`
  if (!given.chunked) return Buffer.concat([Buffer.from(head), body])
  const chunk = body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]
  return Buffer.concat([Buffer.from(head), ...chunk, Buffer.from('0\r\n\r\n')])
}

t.test('any request gets the same bytes as answer from both transports, and nothing stays in flight', async t => {
  const fast = await startServer(t)
  const simple = await startServer(t, { transport: 'fastify' })
  const clients = new Map<StartedServer, RawClient>()
  const ask = async (server: StartedServer, given: Request): Promise<RawAnswer> => {
    const client = clients.get(server) ?? (await server.connect())
    clients.set(server, client)
    client.write(bytesOf(given))
    const answer = await client.answer(given.method === 'HEAD')
    if (answer.headers.connection === 'close') {
      clients.delete(server)
      await client.closed()
    }
    return answer
  }
  const codes = new Set<number>()
  await fc.assert(
    fc.asyncProperty(request, async given => {
      const [one, other] = [await ask(fast, given), await ask(simple, given)]
      codes.add(one.statusCode)
      if (JSON.stringify(one) !== JSON.stringify(other))
        throw new Error(`${one.head}\n${one.body}\n\n${other.head}\n${other.body}`)
    }),
    { numRuns: 500 },
  )
  t.match([...codes].sort(), [200, 400, 404, 405, 415])
  t.strictSame([fast.server.inFlight(), simple.server.inFlight()], [0, 0])
  t.strictSame([fast.failures, simple.failures], [[], []])
})
