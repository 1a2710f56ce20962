import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { podConfig } from '../../../src/inventory/cluster/pod-config.ts'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { startFakeApiServer } from '../../support/fake-api-server.ts'

t.test('outside of a pod there is none', async t => {
  t.equal(podConfig({}, '/nowhere'), null)
  t.equal(podConfig({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, '/nowhere'), null)
})

t.test('an IPv6 address is written as a URL wants it', async t => {
  const config = podConfig({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }, '/nowhere')
  t.equal(config?.getCurrentCluster()?.server, 'https://[fd00::1]:443')
})

t.test('a pod shows its token, trusts its CA, and sees both replaced', async t => {
  const fake = await startFakeApiServer()
  t.teardown(() => fake.close())
  fake.nodes.put(fakeNode('node1'))
  fake.accepted.add('first')
  const folder = t.testdir({ 'ca.crt': fake.authority.caPem, token: 'first\n' })
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(fake.port) }
  const config = podConfig(env, folder)
  if (config === null) throw new Error('no configuration')
  const connection = createApiConnection({ load: async () => config, userAgent: 'test', nowMs: () => 0 })
  t.teardown(connection.close)
  await connection.readJson('/api/v1/nodes/node1')
  // The API server refuses the old token, so the new one is read at once.
  fake.accepted.clear()
  fake.accepted.add('second')
  writeFileSync(join(folder, 'token'), 'second\n')
  await connection.readJson('/api/v1/nodes/node1')
  t.strictSame(fake.callers, ['first', 'first', 'second'])
})

t.test('a token that is not there is said', async t => {
  const folder = t.testdir({ 'ca.crt': 'x', token: 'x' })
  rmSync(join(folder, 'token'))
  const config = podConfig({ KUBERNETES_SERVICE_HOST: 'a', KUBERNETES_SERVICE_PORT: '1' }, folder)
  await t.rejects(config?.applyToHTTPSOptions({}) ?? Promise.resolve(), {
    code: 'SOCI_GUARD_KUBECONFIG',
    message: /token: expected the pod's ServiceAccount, found ENOENT/,
  })
})
