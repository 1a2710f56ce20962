// The whole controller over a fake API server, in this process.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startController } from '../../src/cli/start-controller.ts'
import { parseSettings } from '../../src/config/settings.ts'
import { createApiConnection } from '../../src/inventory/cluster/api-connection.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { REPORTED } from '../controller/nodes/controlled.ts'
import { fakeNode, fakeReport } from '../support/fake-api-objects.ts'
import { type FakeApiServer, startFakeApiServer } from '../support/fake-api-server.ts'
import { nodeNow, servePatches } from '../support/fake-node-patches.ts'
import { until } from '../support/until.ts'

const start = async (t: Test, api: FakeApiServer) => {
  const folder = t.testdir({ kubeconfig: api.kubeconfig(), log: '', 'guard.yaml': '' })
  const config = join(folder, 'guard.yaml')
  writeFileSync(config, 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nmode: enforce\n')
  const log = createLogger({ level: 'info', destination: join(folder, 'log'), onWriteError: () => {} })
  const settings = parseSettings('controller', [`--config=${config}`, '--ops-host=127.0.0.1', '--ops-port=0'], {})
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems))
  const kubeconfig = join(folder, 'kubeconfig')
  const connection = createApiConnection({ kubeconfig, env: {}, userAgent: 'test', nowMs: () => performance.now() })
  const controller = await startController({ settings: settings.value, connection, log })
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (!isStopped) await controller.stop()
    isStopped = true
  }
  t.teardown(stop)
  const ops = async (path: string): Promise<{ status: number; body: string }> => {
    const answer = await fetch(`http://127.0.0.1:${controller.opsAddress.port}${path}`)
    return { status: answer.status, body: await answer.text() }
  }
  const logged = (): string => {
    log.flush()
    return readFileSync(join(folder, 'log'), 'utf8')
  }
  return { ops, logged, stop, config }
}

const cluster = async (t: Test): Promise<FakeApiServer> => {
  const api = await startFakeApiServer()
  t.teardown(() => api.close())
  for (const name of ['node1', 'node2', 'node3']) {
    api.nodes.put(fakeNode(name))
    api.reports.put(fakeReport(name, name === 'node3' ? REPORTED.NotDefault : {}))
  }
  return api
}

t.test('nothing is written, and it is not ready, before everything has been listed once', async t => {
  const api = await cluster(t)
  const patches = servePatches(api)
  const served = api.intercept
  let isWithheld = true
  api.intercept = (request, response) => {
    if (!isWithheld || !request.url?.includes('nodesnapshotters')) return served?.(request, response) ?? false
    response.writeHead(503, { 'content-type': 'application/json' }).end('{}')
    return true
  }
  const { ops, stop } = await start(t, api)
  await until(() => api.nodes.openWatches > 0)
  const { status, body } = await ops('/readyz')
  t.equal(status, 503)
  t.match(body, /inventory reports: /)
  t.equal((await ops('/healthz')).status, 200)
  t.equal(patches.length, 0)
  isWithheld = false
  await until(() => nodeNow(api, 'node3').spec.taints?.[0]?.value === 'NotDefault')
  const ready = await ops('/readyz')
  t.equal(ready.status, 200)
  t.match(ready.body, /^ok\n/)
  await until(() => patches.length === 6)
  const { body: page } = await ops('/metrics')
  for (const line of [
    'soci_guard_nodes{state="NotDefault"} 1',
    'soci_guard_controller_node_writes_total{part="node",result="written"} 3',
    'soci_guard_controller_brake{level="outage"} 0',
  ])
    t.ok(page.split('\n').includes(line), line)
  await stop()
  t.equal(nodeNow(api, 'node3').spec.taints?.[0]?.value, 'NotDefault', 'what is marked stays marked')
})

t.test('another configuration is heeded, and a wrong one is not', async t => {
  const api = await cluster(t)
  servePatches(api)
  const { logged, config } = await start(t, api)
  await until(() => nodeNow(api, 'node3').spec.taints?.[0]?.value === 'NotDefault')
  writeFileSync(config, 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nmode: strict\n')
  await until(() => logged().includes('reload refused'))
  t.equal(nodeNow(api, 'node3').spec.taints?.length, 1)
  writeFileSync(config, 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nmode: audit\n')
  await until(() => nodeNow(api, 'node3').spec.taints === undefined)
  t.equal(nodeNow(api, 'node3').metadata.labels?.['soci-guard.dev/state'], 'NotDefault')
})
