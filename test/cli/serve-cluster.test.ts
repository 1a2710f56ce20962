// The whole service over a fake API server, in this process: what is answered before, while and after the inventory loads.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { startService } from '../../src/cli/start-service.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { writeDevelopmentCertificates } from '../../src/tls/development-certificates.ts'
import { fakeNode, fakeReport } from '../support/fake-api-objects.ts'
import { FAKE_PATHS, type FakeApiServer, startFakeApiServer } from '../support/fake-api-server.ts'
import { until } from '../support/until.ts'

const reviewOf = (node: string): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Binding' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'binding',
      name: 'web-1',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'system:kube-scheduler', groups: [] },
      object: { metadata: { name: 'web-1', uid: 'pod-uid' }, target: { kind: 'Node', name: node } },
    },
  })

const start = async (t: Test, api: FakeApiServer) => {
  const certDir = t.testdir({ kubeconfig: api.kubeconfig(), log: '' })
  await writeDevelopmentCertificates({
    directory: certDir,
    dnsNames: [],
    ipAddresses: [],
    nowMs: Date.now(),
    validityDays: 1,
    force: false,
  })
  const log = createLogger({ level: 'info', destination: join(certDir, 'log'), onWriteError: () => {} })
  const service = await startService({
    config: undefined,
    inventory: undefined,
    kubeconfig: join(certDir, 'kubeconfig'),
    env: {},
    certDir,
    host: '127.0.0.1',
    port: 0,
    opsHost: '127.0.0.1',
    opsPort: 0,
    tlsMinVersion: '1.3',
    clientAuthority: null,
    log,
    audit: log,
  })
  const agent = new Agent({ ca: readFileSync(join(certDir, 'ca.crt')), keepAlive: true })
  t.teardown(async () => {
    agent.destroy()
    await service.stop({ drainMs: 0, lateMs: 0, closeMs: 100 })
  })
  const ask = (node: string): Promise<{ statusCode: number; retryAfter: unknown; body: string }> =>
    new Promise((resolve, reject) => {
      const path = '/validate/bindings'
      const headers = { 'content-type': 'application/json' }
      const to = { agent, host: 'localhost', port: service.address.port, path, method: 'POST', headers }
      const sent = request(to, async response => {
        const { statusCode = 0 } = response
        resolve({ statusCode, retryAfter: response.headers['retry-after'], body: await text(response) })
      })
      sent.on('error', reject)
      sent.end(reviewOf(node))
    })
  const ops = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${service.opsAddress.port}${path}`)).text()
  const logged = (): string => {
    log.flush()
    return readFileSync(join(certDir, 'log'), 'utf8')
  }
  return { ask, ops, logged }
}

const startApi = async (t: Test): Promise<FakeApiServer> => {
  const api = await startFakeApiServer()
  t.teardown(() => api.close())
  for (let at = 0; at < 50; at++) {
    api.nodes.put(fakeNode(`n${at}`))
    api.reports.put(fakeReport(`n${at}`))
  }
  return api
}

const verdictOf = ({ statusCode, body }: { statusCode: number; body: string }): string =>
  statusCode === 200 ? String(JSON.parse(body).response.allowed) : String(statusCode)

t.test(
  'until everything has been listed the API server is asked to come again, and not one answer is wrong',
  async t => {
    const api = await startApi(t)
    // Reports are held back: nodes alone would all be refused.
    let isHeld = true
    api.intercept = (request, response) => {
      if (!isHeld || !request.url?.startsWith(FAKE_PATHS.reports)) return false
      response.writeHead(403, { 'content-type': 'application/json' })
      response.end(
        '{"kind":"Status","message":"User \\"system:serviceaccount:a:b\\" cannot list resource \\"nodesnapshotters\\""}',
      )
      return true
    }
    const { ask, ops, logged } = await start(t, api)
    const early = await ask('n1')
    t.strictSame([early.statusCode, early.retryAfter], [503, '1'])
    await until(() => api.nodes.openWatches === 1)
    const seen = new Set<string>()
    for (let at = 0; at < 50; at++) seen.add(verdictOf(await ask(`n${at}`)))
    t.strictSame([...seen], ['503'])
    await until(() => api.requests.filter(line => line.includes('nodesnapshotters')).length > 1)
    t.match(
      await ops('/readyz'),
      /^inventory reports: SOCI_GUARD_API_FORBIDDEN: user system:serviceaccount:a:b may not list nodesnapshotters/,
    )
    t.notMatch(await ops('/metrics'), /soci_guard_inventory_kind_age_seconds\{/)
    isHeld = false
    while (!seen.has('true')) seen.add(verdictOf(await ask('n7')))
    t.strictSame([...seen], ['503', 'true'])
    t.equal(await ops('/readyz'), 'ok\n')
    t.match(await ops('/metrics'), /^soci_guard_inventory_kind_age_seconds\{kind="runtimeclasses"\} [\d.]+$/m)
    t.match(logged(), /"nodes":50,"reports":50,"msg":"inventory loaded"/)
  },
)

t.test('a change of the cluster changes the next answer, and a node that is not known is asked for', async t => {
  const api = await startApi(t)
  const { ask, ops } = await start(t, api)
  while ((await ops('/readyz')) !== 'ok\n');
  t.equal(verdictOf(await ask('n1')), 'true')
  api.reports.put(fakeReport('n1', { sequence: 2, defaultSnapshotter: { name: 'overlayfs', source: 'Status' } }))
  while (verdictOf(await ask('n1')) !== 'false');
  api.reports.put(fakeReport('new'))
  await until(() => api.reports.openWatches === 1)
  api.nodes.freeze()
  api.nodes.put(fakeNode('new'))
  t.equal(verdictOf(await ask('new')), 'true')
  t.equal(verdictOf(await ask('none')), 'false')
  t.equal(api.requests.filter(line => line === `GET ${FAKE_PATHS.nodes}/new`).length, 1)
})

t.test('a kubeconfig that cannot be used is told at once', async t => {
  await t.rejects(start(t, { kubeconfig: () => 'nothing' } as FakeApiServer), {
    code: 'SOCI_GUARD_KUBECONFIG',
    message: /kubeconfig: expected a kubeconfig, found no mapping$/,
  })
})
