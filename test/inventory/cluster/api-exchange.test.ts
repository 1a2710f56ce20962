import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { exchange } from '../../../src/inventory/cluster/api-exchange.ts'
import { createTestAuthority } from '../../support/test-certificates.ts'

const sent = { body: undefined, signal: undefined, deadlineMs: 10_000 }

t.test('a connection that cannot be made is given up long before an answer would be', async t => {
  // A name that is never looked up: the socket stays as it is while its first packets are lost.
  const options = { lookup: () => {} }
  const startMs = performance.now()
  await t.rejects(exchange({ ...sent, url: 'https://lost.test/', options, connectMs: 50 }), {
    code: 'SOCI_GUARD_API_UNREACHABLE',
    message: 'GET https://lost.test/: no connection within 50 ms',
  })
  t.ok(performance.now() - startMs < 5_000)
})

t.test('an answer may take longer than a connection', async t => {
  const authority = createTestAuthority('exchange CA')
  const { certificatePem: cert, privateKeyPem: key } = authority.server()
  const server = createServer({ cert, key }, (_request, response) => void setTimeout(() => response.end('late'), 150))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const options = { rejectUnauthorized: false }
  const response = await exchange({ ...sent, url: `https://127.0.0.1:${port}/`, options, connectMs: 100 })
  t.equal(response.statusCode, 200)
  response.destroy()
})
