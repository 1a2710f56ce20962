import { join } from 'node:path'
import t, { type Test } from 'tap'
import { NODES, nodeObject, OVERLAYFS, REPORTS, reportObject } from '../support/cluster-objects.ts'
import { type ListingApiServer, startListingApiServer } from '../support/listing-api-server.ts'
import { runCommand, startCommand } from '../support/run-command.ts'
import { until } from '../support/until.ts'

const startCluster = async (t: Test): Promise<ListingApiServer> => {
  const api = await startListingApiServer(t)
  api.collections.set(NODES, [nodeObject('a', { pool: 'x' }), nodeObject('b', { pool: 'y' }), nodeObject('c')])
  api.collections.set(REPORTS, [reportObject('a'), reportObject('b', OVERLAYFS)])
  return api
}

t.test('the nodes of a cluster, in a table', async t => {
  const api = await startCluster(t)
  t.strictSame(await runCommand(['nodes', '--kubeconfig', api.kubeconfig()]), {
    code: 0,
    stdout: `NAME   STATE        REASON                  SNAPSHOTTER   CONTAINERD   BOOT     AGE
a      Ready        <none>                  soci          2.1.9        boot-a   60m
b      NotDefault   SnapshotterNotDefault   overlayfs     2.1.9        boot-b   60m
c      Unverified   NoReport                <unknown>     2.1.9        boot-c   60m
`,
    stderr: '',
  })
  t.strictSame(api.requests.toSorted(), ['/api/v1/nodes?limit=500', `${REPORTS}?limit=500`], 'only what is needed')
})

t.test('the kubeconfig may come from KUBECONFIG, and lists come in pages', async t => {
  const api = await startCluster(t)
  api.pageSize = 1
  const { code, stdout } = await runCommand(['nodes', '-o', 'json'], { env: { KUBECONFIG: api.kubeconfig() } })
  t.equal(code, 0)
  t.match(JSON.parse(stdout), [
    { name: 'a', state: 'Ready' },
    { name: 'b', state: 'NotDefault', reason: 'SnapshotterNotDefault', defaultSnapshotter: 'overlayfs' },
    { name: 'c', state: 'Unverified', reason: 'NoReport' },
  ])
  t.ok(api.requests.includes('/api/v1/nodes?limit=500&continue=2'))
})

t.test('a selector chooses what is shown', async t => {
  const api = await startCluster(t)
  const names = async (selector: string) => {
    const { stdout } = await runCommand(['nodes', '--kubeconfig', api.kubeconfig(), '-o', 'json', '-l', selector])
    return JSON.parse(stdout).map(({ name }: { name: string }) => name)
  }
  t.strictSame(await names('pool in (x,y)'), ['a', 'b'])
  t.strictSame(await names('!pool'), ['c'])
  t.strictSame(await runCommand(['nodes', '--kubeconfig', api.kubeconfig(), '-l', 'pool=z']), {
    ...{ code: 0, stdout: '', stderr: 'No nodes found.\n' },
  })
})

t.test('a selector that makes no sense is said before anything is asked', async t => {
  t.strictSame(await runCommand(['nodes', '--kubeconfig', '/nowhere', '-l', 'pool x']), {
    code: 2,
    stdout: '',
    stderr: 'soci-guard: --selector pool x: expected one of =, ==, !=, in, notin, > and < after pool, found "x"\n',
  })
})

t.test('an object that cannot be used is named, and the rest is shown', async t => {
  const api = await startCluster(t)
  api.collections.set(REPORTS, [reportObject('a'), reportObject('b', { verified: 'yes' })])
  const { code, stdout, stderr } = await runCommand(['nodes', '--kubeconfig', api.kubeconfig()])
  t.equal(code, 0)
  t.match(stdout, /^b +Unverified +NoReport /m)
  t.match(
    stderr,
    /^soci-guard: reports\/b: an object of the API server cannot be used and is left out: spec\.verified: .*\n$/,
  )
})

t.test('a server that asks for patience gets it, and a list that was forgotten half-way is read again', async t => {
  const api = await startCluster(t)
  api.pageSize = 2
  api.refusals.set(NODES, { status: 429, message: 'too many requests', headers: { 'retry-after': '0' }, times: 2 })
  api.refusals.set(`${NODES} continue`, { status: 410, message: 'the continue parameter is too old', times: 1 })
  const { code, stdout } = await runCommand(['nodes', '--kubeconfig', api.kubeconfig(), '-o', 'json'])
  t.equal(code, 0)
  t.equal(JSON.parse(stdout).length, 3)
})

const FAILURES: readonly { name: string; path: string; status: number; message: string; want: RegExp }[] = [
  {
    name: 'a missing right',
    path: NODES,
    status: 403,
    message: 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    want: /^soci-guard: user jane may not list nodes; it needs the verbs list \(.*kubectl create clusterrole .*--user='jane'\n$/,
  },
  {
    name: 'credentials that are not accepted',
    path: NODES,
    status: 401,
    message: 'Unauthorized',
    want: /^soci-guard: GET \/api\/v1\/nodes\?limit=500: the API server does not accept our credentials, .*\n$/,
  },
  {
    name: 'a cluster without the CustomResourceDefinition',
    path: REPORTS,
    status: 404,
    message: 'the server could not find the requested resource',
    want: /^soci-guard: the cluster has no nodesnapshotters\.soci-guard\.dev, so nothing is known of its nodes; install soci-guard: kubectl apply -k manifests\/overlays\/audit\n$/,
  },
  {
    name: 'a server that fails',
    path: NODES,
    status: 500,
    message: 'etcd is gone',
    want: /^soci-guard: GET \/api\/v1\/nodes\?limit=500: the API server answered 500 etcd is gone\n$/,
  },
]

for (const watch of [[], ['--watch']]) {
  for (const { name, path, status, message, want } of FAILURES) {
    t.test(`${name} is one sentence and exit code 2 ${watch}`, async t => {
      const api = await startCluster(t)
      api.refusals.set(path, { status, message })
      const { code, stdout, stderr } = await runCommand(['nodes', '--kubeconfig', api.kubeconfig(), ...watch])
      t.equal(code, 2)
      t.equal(stdout, '')
      if (watch.length === 0) t.match(stderr, want)
      else t.match(stderr, /^soci-guard: [^\n]*\n$/)
    })
  }
}

t.test('a server that is not there is one sentence and exit code 2', async t => {
  const server = 'https://127.0.0.1:1'
  const config = {
    clusters: [{ name: 'c', cluster: { server } }],
    contexts: [{ name: 'x', context: { cluster: 'c' } }],
    'current-context': 'x',
  }
  const folder = t.testdir({ config: JSON.stringify(config) })
  const { code, stderr } = await runCommand(['nodes', '--kubeconfig', join(folder, 'config')])
  t.equal(code, 2)
  t.equal(
    stderr,
    'soci-guard: the API server cannot be reached: GET https://127.0.0.1:1/api/v1/nodes?limit=500: connect ECONNREFUSED 127.0.0.1:1; is it up, and is this the right --kubeconfig and --context?\n',
  )
})

t.test('no cluster at all is one sentence and exit code 2', async t => {
  const { code, stderr } = await runCommand(['nodes'])
  t.equal(code, 2)
  t.match(stderr, /^soci-guard: there is no cluster to talk to: [^\n]*--kubeconfig FILE, or --inventory FILE[^\n]*\n$/)
})

t.test('--watch prints a node again when its verdict changes, and only then', async t => {
  const api = await startCluster(t)
  const command = startCommand(['nodes', '--kubeconfig', api.kubeconfig(), '--watch'])
  const rows = (): string[] => command.stdout().trimEnd().split('\n')
  await until(() => rows().length === 4 && api.requests.filter(request => request.includes('watch=')).length >= 4)
  api.send(REPORTS, 'MODIFIED', reportObject('a', {}, '2'))
  api.send(REPORTS, 'MODIFIED', reportObject('b', {}, '2'))
  await until(() => rows().length === 5)
  api.send(NODES, 'DELETED', nodeObject('c', {}, '3'))
  await until(() => rows().length === 6)
  command.stop('SIGINT')
  t.equal(await command.code, 0)
  t.strictSame(rows(), [
    'NAME   STATE        REASON                  SNAPSHOTTER   CONTAINERD   BOOT     AGE',
    'a      Ready        <none>                  soci          2.1.9        boot-a   60m',
    'b      NotDefault   SnapshotterNotDefault   overlayfs     2.1.9        boot-b   60m',
    'c      Unverified   NoReport                <unknown>     2.1.9        boot-c   60m',
    'b      Ready        <none>                  soci          2.1.9        boot-b   60m',
    'c      Unverified   NodeNotFound            <unknown>     <unknown>    <unknown>   <unknown>',
  ])
  t.equal(command.stderr(), '')
})

t.test('--watch -o json prints a line for each change of a selected node', async t => {
  const api = await startCluster(t)
  const command = startCommand(['nodes', '--kubeconfig', api.kubeconfig(), '-w', '-o', 'json', '-l', 'pool=y'])
  const lines = (): string[] => command.stdout().split('\n').slice(0, -1)
  await until(() => lines().length === 1 && api.requests.filter(request => request.includes('watch=')).length >= 4)
  api.send(REPORTS, 'MODIFIED', reportObject('a', OVERLAYFS, '2'))
  api.send(REPORTS, 'MODIFIED', reportObject('b', {}, '2'))
  await until(() => lines().length === 2)
  command.stop('SIGTERM')
  t.equal(await command.code, 0)
  t.strictSame(
    lines().map(line => [JSON.parse(line).name, JSON.parse(line).state]),
    [
      ['b', 'NotDefault'],
      ['b', 'Ready'],
    ],
  )
})
