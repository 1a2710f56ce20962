import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ApiConnection, createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import type { KubeconfigChoice } from '../../../src/inventory/cluster/kubeconfig.ts'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts'

const server: FakeApiServer = await startFakeApiServer()
server.nodes.put(fakeNode('n0'))
t.teardown(() => server.close())
t.beforeEach(() => {
  server.accepted.clear()
  server.callers.length = 0
  server.intercept = undefined
})

const PATH = '/api/v1/nodes/n0'

const connect = (t: Test, choice: Partial<KubeconfigChoice>, nowMs = () => performance.now()): ApiConnection => {
  const connection = createApiConnection({ env: {}, userAgent: 'soci-guard/test', nowMs, ...choice })
  t.teardown(() => connection.close())
  return connection
}

const connectAs = (t: Test, user: object, nowMs?: () => number): ApiConnection =>
  connect(t, { kubeconfig: join(t.testdir({ config: server.kubeconfig(user) }), 'config') }, nowMs)

const readName = async (connection: ApiConnection): Promise<unknown> => {
  const node = (await connection.readJson(PATH)) as { metadata: { name: string } }
  return node.metadata.name
}

t.test('a token of the kubeconfig is shown', async t => {
  server.accepted.add('secret')
  t.equal(await readName(connectAs(t, { token: 'secret' })), 'n0')
})

t.test('a client certificate is shown', async t => {
  server.accepted.add('admin')
  const { certificatePem, privateKeyPem } = server.authority.client('admin')
  const encode = (pem: string): string => Buffer.from(pem).toString('base64')
  const user = { 'client-certificate-data': encode(certificatePem), 'client-key-data': encode(privateKeyPem) }
  t.equal(await readName(connectAs(t, user)), 'n0')
})

t.test('certificate files may stand beside the kubeconfig, and are read anew when they are replaced', async t => {
  server.accepted.add('first').add('second')
  let skippedMs = 0
  const pairOf = (name: string) => server.authority.client(name)
  const user = { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' }
  const folder = t.testdir({ config: server.kubeconfig(user), 'tls.key': pairOf('first').privateKeyPem })
  writeFileSync(join(folder, 'tls.crt'), pairOf('first').certificatePem)
  const connection = connect(t, { kubeconfig: join(folder, 'config') }, () => performance.now() + skippedMs)
  await connection.readJson(PATH)
  writeFileSync(join(folder, 'tls.crt'), pairOf('second').certificatePem)
  skippedMs = 11_000
  await connection.readJson(PATH)
  t.strictSame(server.callers, ['first', 'second'])
})

t.test('an exec plugin is asked once, told how to speak, and again when its token is refused', async t => {
  server.accepted.add('token-1')
  const script = [
    '#!/bin/sh',
    'cd "$(dirname "$0")"',
    'echo x >> calls',
    'case "$KUBERNETES_EXEC_INFO" in *client.authentication.k8s.io/v1*) ;; *) exit 1;; esac',
    `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-'$(wc -l < calls | tr -d ' ')'"}}'`,
  ].join('\n')
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', interactiveMode: 'Never' }
  const folder = t.testdir({ config: server.kubeconfig({ exec }), plugin: `${script}\n` })
  chmodSync(join(folder, 'plugin'), 0o755)
  const connection = connect(t, { kubeconfig: join(folder, 'config') })
  await connection.readJson(PATH)
  await connection.readJson(PATH)
  server.accepted.clear()
  server.accepted.add('token-2')
  t.equal(await readName(connection), 'n0')
  t.strictSame(server.callers, ['token-1', 'token-1', 'token-1', 'token-2'])
})

t.test('an exec plugin that fails is told in its own words', async t => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sh',
    args: ['-c', 'echo no session >&2; exit 1'],
  }
  await t.rejects(readName(connectAs(t, { exec })), {
    code: 'SOCI_GUARD_KUBECONFIG',
    message: 'the credentials of the kubeconfig cannot be used: no session',
  })
})

t.test('an exec plugin that hangs does not hang us', async t => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'exec sleep 2'] }
  await t.rejects(connectAs(t, { exec }).readJson(PATH, { deadlineMs: 100 }), {
    code: 'SOCI_GUARD_KUBECONFIG',
    message: 'the credentials of the kubeconfig were not there within 100 ms; look at its exec plugin',
  })
})

t.test('a pod uses the token and the CA that the kubelet mounts', async t => {
  server.accepted.add('mounted')
  const serviceAccountDirectory = t.testdir({ token: 'mounted', 'ca.crt': server.authority.caPem })
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) }
  t.equal(await readName(connect(t, { env, serviceAccountDirectory })), 'n0')
})

t.test('credentials that are refused, also after they were read anew, are an error of their own', async t => {
  server.accepted.add('other')
  await t.rejects(readName(connectAs(t, { token: 'secret' })), {
    code: 'SOCI_GUARD_API_UNAUTHORIZED',
    message: `GET ${PATH}: the API server does not accept our credentials, also after they were read anew (401 Unauthorized); replace the token or certificate`,
  })
  t.equal(server.callers.length, 2)
})

t.test('a server that another CA has signed is not talked to', async t => {
  const folder = t.testdir({ config: server.kubeconfig().replace(/"certificate-authority-data":"[^"]*"/, '"x":1') })
  await t.rejects(readName(connect(t, { kubeconfig: join(folder, 'config') })), {
    code: 'SOCI_GUARD_API_UNREACHABLE',
    message: /unable to verify the first certificate|self-signed certificate/,
  })
})

t.test('a server that does not answer is given up after the deadline', async t => {
  server.intercept = () => true
  await t.rejects(connectAs(t, {}).readJson(PATH, { deadlineMs: 50 }), {
    code: 'SOCI_GUARD_API_UNREACHABLE',
    message: /no answer within 50 ms$/,
  })
})

t.test('an answer that does not end is given up as well', async t => {
  server.intercept = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    return response.write('{"half":')
  }
  await t.rejects(connectAs(t, {}).readJson(PATH, { deadlineMs: 100 }), {
    code: 'SOCI_GUARD_API_UNREACHABLE',
    message: `GET ${PATH}: the answer broke off: it did not end in time`,
  })
})

t.test('nobody waits after the signal', async t => {
  server.intercept = () => true
  const stopping = new AbortController()
  const answer = connectAs(t, {}).readJson(PATH, { signal: stopping.signal })
  setTimeout(() => stopping.abort(), 20)
  await t.rejects(answer, { code: 'SOCI_GUARD_API_UNREACHABLE', message: /nobody waits for the answer any more$/ })
})

t.test('a connection that was closed while it was idle is made anew without a word', async t => {
  const connection = connectAs(t, {})
  await connection.readJson(PATH)
  let isFirst = true
  server.intercept = request => {
    if (!isFirst) return false
    isFirst = false
    request.socket.destroy()
    return true
  }
  t.equal(await readName(connection), 'n0')
})

t.test('bodies and their type are sent', async t => {
  let seen = ''
  server.intercept = (request, response) => {
    request.on('data', chunk => {
      seen += `${request.headers['content-type']} ${request.headers['user-agent']} ${chunk}`
    })
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
    return true
  }
  const asked = { method: 'PATCH', body: '{"a":1}', contentType: 'application/apply-patch+yaml' } as const
  t.strictSame(await connectAs(t, {}).readJson(PATH, asked), {})
  t.equal(seen, 'application/apply-patch+yaml soci-guard/test {"a":1}')
})

t.test('KUBECONFIG may list files, and of entries with one name the first counts', async t => {
  server.accepted.add('one')
  const folder = t.testdir({ one: server.kubeconfig({ token: 'one' }), two: server.kubeconfig({ token: 'two' }) })
  const env = { KUBECONFIG: `${join(folder, 'missing')}:${join(folder, 'one')}:${join(folder, 'two')}` }
  t.equal(await readName(connect(t, { env })), 'n0')
})

t.test('the kubeconfig of the home folder is found', async t => {
  const home = t.testdir({})
  mkdirSync(join(home, '.kube'))
  writeFileSync(join(home, '.kube', 'config'), server.kubeconfig())
  t.equal(await readName(connect(t, { env: { HOME: home } })), 'n0')
})

t.test('a kubeconfig that cannot be used is told with its file and entry', async t => {
  const good = JSON.parse(server.kubeconfig())
  const folder = t.testdir({
    good: JSON.stringify(good),
    text: 'just words',
    nameless: JSON.stringify({ ...good, users: [{}] }),
    'no-context': JSON.stringify({ ...good, 'current-context': '' }),
    'no-cluster': JSON.stringify({ ...good, clusters: [] }),
    'no-user': JSON.stringify({ ...good, users: [] }),
    plain: server.kubeconfig().replace('"https:', '"ftp:'),
  })
  const file = (name: string): string => join(folder, name)
  const rows = [
    { name: 'missing', want: new RegExp(`^${file('missing')}: cannot be read: ENOENT`) },
    { name: 'text', want: `${file('text')}: expected a kubeconfig, found no mapping` },
    { name: 'nameless', want: `${file('nameless')}: users[0].name is missing` },
    { name: 'no-context', want: `${file('no-context')}: has no current-context; choose one with --context` },
    { name: 'good', context: 'other', want: `${file('good')}: has no context other; expected one of fake` },
    { name: 'no-cluster', want: `${file('no-cluster')}: context fake names the cluster fake, which is not there` },
    { name: 'no-user', want: `${file('no-user')}: context fake names the user tester, which is not there` },
    { name: 'plain', want: /^the cluster's server is "ftp:\/\/127\.0\.0\.1:\d+"; expected an https:\/\/ address$/ },
  ]
  for (const { name, context, want } of rows) {
    const connection = connect(t, { kubeconfig: file(name), context })
    await t.rejects(readName(connection), { code: 'SOCI_GUARD_KUBECONFIG', message: want }, name)
  }
  await t.rejects(readName(connect(t, {})), {
    code: 'SOCI_GUARD_KUBECONFIG',
    message: /^there is no cluster to talk to/,
  })
})
