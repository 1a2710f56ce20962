import t from 'tap'
import { MAX_BODY_BYTES } from '../../src/server/body-limit.ts'
import { postBytes } from '../support/raw-tls-client.ts'
import { startServer } from '../support/review-server.ts'
import { until } from '../support/until.ts'

const MESSAGE =
  'body: expected at most 7340032 bytes (two objects of 3 MiB and 1 MiB for the rest), found more; the API server never sends more than it accepts'

const TOO_LARGE = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: MESSAGE,
  reason: 'RequestEntityTooLarge',
  details: { causes: [{ reason: 'SOCI_GUARD_BODY_TOO_LARGE', message: MESSAGE }] },
  code: 413,
}

const chunk = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), Buffer.alloc(bytes, 0x20), Buffer.from('\r\n')])

const CHUNKED_HEAD =
  'POST /validate/pods HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

for (const transport of ['fast', 'fastify'] as const) {
  t.test(`${transport}: a body of exactly 7 MiB is answered`, async t => {
    const { connect, bodyLimitRejections } = await startServer(t, { transport })
    const client = await connect()
    client.write(postBytes('/validate/pods', Buffer.alloc(MAX_BODY_BYTES)))
    const { statusCode, body } = await client.answer()
    t.equal(statusCode, 200)
    t.strictSame(JSON.parse(body), { webhook: 'pods', bytes: 7_340_032, timeoutMs: 10_000 })
    t.equal(bodyLimitRejections(), 0)
  })

  t.test(
    `${transport}: a body of 7 MiB and one byte is refused, and its sender can read why although it sends it all`,
    async t => {
      const { connect, bodyLimitRejections, server } = await startServer(t, { transport })
      const client = await connect()
      client.write(postBytes('/validate/pods', Buffer.alloc(MAX_BODY_BYTES + 1)))
      const answer = await client.answer()
      t.equal(answer.statusCode, 413)
      t.strictSame(JSON.parse(answer.body), TOO_LARGE)
      t.equal(answer.headers.connection, 'close')
      await client.closed()
      t.equal(bodyLimitRejections(), 1)
      await until(() => server.inFlight() === 0)
    },
  )
}

t.test('a body that declares too much is refused before a byte of it is sent', async t => {
  const { connect } = await startServer(t)
  const client = await connect()
  client.write(postBytes('/validate/pods', '', { 'content-length': '7340033' }))
  t.strictSame(JSON.parse((await client.answer()).body), TOO_LARGE)
})

t.test('a chunked body of exactly 7 MiB is answered', async t => {
  const { connect } = await startServer(t)
  const client = await connect()
  client.write(CHUNKED_HEAD)
  for (let sent = 0; sent < MAX_BODY_BYTES; sent += 2 ** 20) client.write(chunk(2 ** 20))
  client.write('0\r\n\r\n')
  t.equal(JSON.parse((await client.answer()).body).bytes, 7_340_032)
})

t.test('a chunked body that never ends is refused at the limit, and its connection is closed', async t => {
  const { connect, bodyLimitRejections, server } = await startServer(t)
  const client = await connect()
  client.write(CHUNKED_HEAD)
  let sentBytes = 0
  const sendMore = (): void => {
    if (client.socket.destroyed) return
    sentBytes += 2 ** 20
    client.socket.write(chunk(2 ** 20), () => setImmediate(sendMore))
  }
  sendMore()
  t.strictSame(JSON.parse((await client.answer()).body), TOO_LARGE)
  await client.closed()
  t.ok(sentBytes > MAX_BODY_BYTES)
  t.equal(bodyLimitRejections(), 1)
  await until(() => server.inFlight() === 0)
})
