import t from 'tap'
import { listen } from '../../src/server/listen.ts'
import { createOpsServer, type OpsServerOptions } from '../../src/server/ops-server.ts'

const start = async (t: import('tap').Test, options: Partial<OpsServerOptions> = {}) => {
  const server = createOpsServer({
    checks: [],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
    ...options,
  })
  const { port } = await listen(server, '127.0.0.1', 0)
  t.teardown(() => server.close())
  return async (method: string, path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: 'close' } })
    return { code: response.status, allow: response.headers.get('allow'), body: await response.text() }
  }
}

t.test('/healthz says ok as long as the event loop turns, ready or not', async t => {
  const ask = await start(t, { checks: [{ name: 'inventory', check: () => 'not loaded' }] })
  t.strictSame(await ask('GET', '/healthz'), { code: 200, allow: null, body: 'ok\n' })
})

t.test('/readyz names every condition that fails, a line each, and is ok when none does', async t => {
  let inventory: string | null = 'not loaded yet'
  let phase: string | null = 'draining'
  const ask = await start(t, {
    checks: [
      { name: 'inventory', check: () => inventory },
      { name: 'certificate', check: () => null },
      { name: 'server', check: () => phase },
    ],
  })
  t.strictSame(await ask('GET', '/readyz'), {
    code: 503,
    allow: null,
    body: 'inventory: not loaded yet\nserver: draining\n',
  })
  inventory = null
  phase = null
  t.strictSame(await ask('GET', '/readyz?verbose'), { code: 200, allow: null, body: 'ok\n' })
})

t.test('remarks stand behind what /readyz says, and make nobody unready', async t => {
  let missing: string | null = null
  const checks = [{ name: 'inventory', check: () => missing }]
  const ask = await start(t, { checks, remarks: () => ['brake: on', 'audit: late'] })
  t.strictSame(await ask('GET', '/readyz'), { code: 200, allow: null, body: 'ok\nbrake: on\naudit: late\n' })
  missing = 'not loaded yet'
  const body = 'inventory: not loaded yet\nbrake: on\naudit: late\n'
  t.strictSame(await ask('GET', '/readyz'), { code: 503, allow: null, body })
})

t.test('/metrics shows the page, and a failure as such', async t => {
  const ask = await start(t)
  t.strictSame(await ask('GET', '/metrics'), { code: 200, allow: null, body: 'up 1\n' })
  const failing = await start(t, { metrics: () => Promise.reject(new Error('boom')) })
  t.strictSame(await failing('GET', '/metrics'), {
    code: 500,
    allow: null,
    body: 'the metrics could not be collected: boom\n',
  })
})

t.test('HEAD answers without a body, other methods are not allowed, other paths not found', async t => {
  const ask = await start(t)
  t.strictSame(await ask('HEAD', '/readyz'), { code: 200, allow: null, body: '' })
  t.strictSame(await ask('POST', '/healthz'), {
    code: 405,
    allow: 'GET, HEAD',
    body: 'expected GET or HEAD, found POST\n',
  })
  t.strictSame(await ask('GET', '/'), {
    code: 404,
    allow: null,
    body: 'no such path; the paths are /healthz, /readyz and /metrics\n',
  })
})
