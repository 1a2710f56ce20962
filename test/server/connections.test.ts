import t from 'tap'
import type { Answer } from '../../src/server/answer.ts'
import { DEFAULT_LIMITS } from '../../src/server/server-limits.ts'
import { postBytes } from '../support/raw-tls-client.ts'
import { startServer } from '../support/review-server.ts'
import { until } from '../support/until.ts'

const BODY = '{"kind":"AdmissionReview"}'

t.test('idle connections are kept longer than the 90 s of the API server', async t => {
  const { connect } = await startServer(t)
  const client = await connect()
  client.write(postBytes('/validate/pods', BODY))
  t.equal((await client.answer()).headers['keep-alive'], 'timeout=120')
  t.ok(DEFAULT_LIMITS.keepAliveMs > 90_000)
})

t.test('an idle connection outlives the limits on slow requests', async t => {
  const { connect } = await startServer(t, {
    limits: { keepAliveMs: 60_000, headersMs: 50, requestMs: 50, checkMs: 10 },
  })
  const client = await connect()
  client.write(postBytes('/validate/pods', BODY))
  await client.answer()
  await new Promise(resolve => setTimeout(resolve, 200))
  client.write(postBytes('/validate/pods', BODY))
  t.equal((await client.answer()).statusCode, 200)
})

const slow = [
  { name: 'a head that never ends', bytes: 'POST /validate/pods HTTP/1.1\r\nhost: localhost\r\n' },
  { name: 'a body that never ends', bytes: postBytes('/validate/pods', BODY, { 'content-length': '1000' }) },
]

for (const { name, bytes } of slow) {
  t.test(`${name} is answered 408 and its connection closed`, async t => {
    const { connect, server } = await startServer(t, {
      limits: { keepAliveMs: 60_000, headersMs: 50, requestMs: 50, checkMs: 10 },
    })
    const client = await connect()
    client.write(bytes)
    const { statusCode, body } = await client.answer()
    t.equal(statusCode, 408)
    t.equal(JSON.parse(body).message, 'the request did not arrive whole in time')
    await client.closed()
    await until(() => server.inFlight() === 0)
  })
}

const malformed = [
  {
    name: 'something that is not HTTP',
    bytes: 'hello\r\n\r\n',
    code: 400,
    message: 'expected an HTTP/1.1 request, found something else',
  },
  {
    name: 'a head of more than 16 KiB',
    bytes: `POST /validate/pods HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    code: 431,
    message: 'headers: expected at most 16 KiB, found more',
  },
  {
    name: 'a request with two lengths',
    bytes: postBytes('/validate/pods', BODY, { 'transfer-encoding': 'chunked' }),
    code: 400,
    message: 'expected an HTTP/1.1 request, found something else',
  },
]

for (const { name, bytes, code, message } of malformed) {
  t.test(`${name} is answered with a Status and the connection closed`, async t => {
    const { connect } = await startServer(t)
    const client = await connect()
    client.write(bytes)
    const { statusCode, headers, body } = await client.answer()
    t.strictSame([statusCode, headers.connection], [code, 'close'])
    t.strictSame(JSON.parse(body), {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'BadRequest',
      code,
    })
    await client.closed()
  })
}

for (const transport of ['fast', 'fastify'] as const) {
  t.test(`${transport}: a client that goes away in the middle of its body leaves nothing behind`, async t => {
    let asked = 0
    const { connect, server, failures } = await startServer(t, {
      transport,
      answer: () => {
        asked += 1
        return { statusCode: 200, contentType: 'application/json', body: '{}' }
      },
    })
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect()))
    for (const client of clients) client.write(postBytes('/validate/pods', BODY, { 'content-length': '1000' }))
    await until(() => server.inFlight() === 20)
    for (const client of clients) client.destroy()
    await until(() => server.inFlight() === 0)
    t.equal(asked, 0)
    t.strictSame(failures, [])
  })

  t.test(`${transport}: a client that goes away before a late answer leaves nothing behind`, async t => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const { connect, server, failures } = await startServer(t, { transport, answer: () => promise })
    const client = await connect()
    client.write(postBytes('/validate/bindings', BODY))
    await until(() => server.inFlight() === 1)
    client.destroy()
    await new Promise(done => setTimeout(done, 20))
    resolve({ statusCode: 200, contentType: 'application/json', body: '{}' })
    await until(() => server.inFlight() === 0)
    const other = await connect()
    other.write(postBytes('/validate/bindings', BODY))
    t.equal((await other.answer()).statusCode, 200)
    t.strictSame(failures, [])
  })
}

t.test('requests that are sent before the last answer are answered in order', async t => {
  const { connect } = await startServer(t)
  const client = await connect()
  client.write(
    Buffer.concat([postBytes('/validate/pods?timeout=1s', BODY), postBytes('/validate/pods?timeout=2s', BODY)]),
  )
  const timeouts = [
    JSON.parse((await client.answer()).body).timeoutMs,
    JSON.parse((await client.answer()).body).timeoutMs,
  ]
  t.strictSame(timeouts, [1000, 2000])
})

t.test('only HTTP/1.1 is spoken, and TLS of at least the configured version', async t => {
  const started = await startServer(t)
  const client = await started.connect({ ALPNProtocols: ['h2', 'http/1.1'] })
  t.strictSame([client.socket.alpnProtocol, client.socket.getProtocol()], ['http/1.1', 'TLSv1.3'])
  await t.rejects(started.connect({ ALPNProtocols: ['h2'] }))
  await t.rejects(started.connect({ maxVersion: 'TLSv1.2' }))
  const older = await startServer(t, { minVersion: '1.2' })
  const old = await older.connect({ maxVersion: 'TLSv1.2' })
  t.equal(old.socket.getProtocol(), 'TLSv1.2')
  await t.rejects(older.connect({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }))
})
