import { createServer } from 'node:net'
import t from 'tap'
import { listen } from '../../src/server/listen.ts'

t.test('port 0 picks a free port and tells it', async t => {
  const server = createServer()
  t.teardown(() => server.close())
  const { address, port } = await listen(server, '127.0.0.1', 0)
  t.equal(address, '127.0.0.1')
  t.ok(port > 0)
})

t.test('a port in use is told with what to do', async t => {
  const first = createServer()
  t.teardown(() => first.close())
  const { port } = await listen(first, '127.0.0.1', 0)
  await t.rejects(listen(createServer(), '127.0.0.1', port), {
    code: 'SOCI_GUARD_ADDRESS_UNAVAILABLE',
    message: `cannot listen on 127.0.0.1 port ${port}: another process listens there; choose another port`,
  })
})

t.test('an address of another machine is told with what to do', async t => {
  await t.rejects(listen(createServer(), '192.0.2.1', 0), {
    code: 'SOCI_GUARD_ADDRESS_UNAVAILABLE',
    message:
      'cannot listen on 192.0.2.1 port 0: this machine has no such address; choose one of its own, or 0.0.0.0 or ::',
  })
})
