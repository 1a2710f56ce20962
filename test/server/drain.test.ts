import t from 'tap'
import type { Answer } from '../../src/server/answer.ts'
import { postBytes } from '../support/raw-tls-client.ts'
import { startServer } from '../support/review-server.ts'
import { until } from '../support/until.ts'

const POST = postBytes('/validate/bindings', '{}')

for (const transport of ['fast', 'fastify'] as const) {
  t.test(
    `${transport}: a draining server answers, sends its clients away, refuses the late and then closes`,
    async t => {
      const { connect, server } = await startServer(t, { transport })
      const early = await connect()
      early.write(POST)
      t.equal((await early.answer()).headers.connection, 'keep-alive')
      const late = await connect()
      const drained = server.drain({ drainMs: 150, lateMs: 150, closeMs: 1000 })
      t.equal(server.phase(), 'draining')

      early.write(POST)
      const draining = await early.answer()
      t.strictSame([draining.statusCode, draining.headers.connection], [200, 'close'])
      await early.closed()
      const fresh = await connect()
      fresh.write(POST)
      t.equal((await fresh.answer()).statusCode, 200, 'new connections are answered while endpoints move away')

      await until(() => server.phase() === 'refusing')
      late.write(POST)
      const refused = await late.answer()
      t.strictSame(
        [refused.statusCode, refused.headers['retry-after'], refused.headers.connection],
        [503, '1', 'close'],
      )
      t.strictSame(JSON.parse(refused.body), {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'soci-guard is shutting down; another replica answers',
        reason: 'ServiceUnavailable',
        code: 503,
      })
      await drained
      t.equal(server.phase(), 'closed')
      await t.rejects(connect(), { code: 'ECONNREFUSED' })
    },
  )
}

t.test('a review that is being answered when the server closes still gets its answer', async t => {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const { connect, server } = await startServer(t, { answer: () => promise })
  const client = await connect()
  client.write(POST)
  await until(() => server.inFlight() === 1)
  const drained = server.drain({ drainMs: 0, lateMs: 0, closeMs: 5000 })
  await until(() => server.phase() === 'closed')
  resolve({ statusCode: 200, contentType: 'application/json', body: '{"answered":true}' })
  t.equal((await client.answer()).body, '{"answered":true}')
  await drained
})

t.test('a connection that does not end by itself is cut after the time to close', async t => {
  const { connect, server } = await startServer(t, { answer: () => new Promise(() => {}) })
  const client = await connect()
  client.write(POST)
  await until(() => server.inFlight() === 1)
  await server.drain({ drainMs: 0, lateMs: 0, closeMs: 50 })
  await t.rejects(client.answer(), { message: 'the connection ended before the answer' })
})

t.test('idle connections do not hold up the end', async t => {
  const { connect, server } = await startServer(t)
  const client = await connect()
  client.write(POST)
  await client.answer()
  await server.drain({ drainMs: 0, lateMs: 0, closeMs: 60_000 })
  await client.closed()
  t.pass('closed long before the time to close')
})
