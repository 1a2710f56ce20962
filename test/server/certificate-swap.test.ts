import { Agent, request } from 'node:https'
import t from 'tap'
import { authority, startServer } from '../support/review-server.ts'
import { createTestAuthority } from '../support/test-certificates.ts'

t.test('fifty certificate swaps under load fail no call, and new connections see the new certificate', async t => {
  const { server, port, connect } = await startServer(t)
  const certificates = [authority.server('first'), authority.server('second')]
  const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1, ca: authority.caPem }))
  t.teardown(() => {
    for (const agent of agents) agent.destroy()
  })
  const post = (agent: Agent): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const call = request(
        {
          agent,
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          method: 'POST',
          path: '/validate/bindings?timeout=10s',
          headers: { 'content-type': 'application/json' },
        },
        response => {
          response.resume()
          response.on('end', () => resolve(response.statusCode))
        },
      )
      call.on('error', reject)
      call.end('{}')
    })

  let swapping = true
  let calls = 0
  const callers = agents.map(async agent => {
    while (swapping) {
      const statusCode = await post(agent)
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`)
      calls += 1
    }
  })
  for (let swap = 1; swap <= 50; swap += 1) {
    const certificate = certificates[swap % 2]
    if (certificate === undefined) throw new Error('no certificate')
    server.setCertificate(certificate)
    const seen = await connect()
    t.equal(seen.socket.getPeerCertificate().subject.CN, swap % 2 === 0 ? 'first' : 'second')
    seen.destroy()
  }
  swapping = false
  await Promise.all(callers)
  t.ok(calls >= 50, `${calls} calls`)
})

t.test('a certificate that does not match its key is refused, and the old one is still shown', async t => {
  const { server, connect } = await startServer(t)
  const { certificatePem } = authority.server('new')
  const { privateKeyPem } = createTestAuthority().server()
  t.throws(() => server.setCertificate({ certificatePem, privateKeyPem }), {
    code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
  })
  const client = await connect()
  t.equal(client.socket.getPeerCertificate().subject.CN, 'localhost')
})
