import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { NODES, nodeObject, OVERLAYFS, PODS, podObject, REPORTS, reportObject } from '../support/cluster-objects.ts'
import { type ListingApiServer, startListingApiServer } from '../support/listing-api-server.ts'
import { runCommand } from '../support/run-command.ts'

const REPLICA_SETS = '/apis/apps/v1/replicasets'
const JOBS = '/apis/batch/v1/jobs'

const replicaSet = (name: string) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name })
const job = (name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', name })
const owned = (namespace: string, name: string, owner?: object) => ({
  metadata: { name, namespace, ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, controller: true }] }) },
})

const webPod = (name: string, node: string, labels: Record<string, string> = {}) =>
  podObject('shop', name, node, {
    owner: replicaSet('web-6f9'),
    labels: { app: 'web', 'pod-template-hash': '6f9', ...labels },
  })

const startCluster = async (t: Test): Promise<ListingApiServer> => {
  const api = await startListingApiServer(t)
  api.collections.set(
    NODES,
    ['bad', 'good', 'quiet'].map(name => nodeObject(name)),
  )
  api.collections.set(REPORTS, [reportObject('bad', OVERLAYFS), reportObject('good')])
  api.collections.set('/api/v1/namespaces', [
    { metadata: { name: 'shop' } },
    { metadata: { name: 'lab', labels: { 'soci-guard.dev/mode': 'warn' } } },
    { metadata: { name: 'free', labels: { 'soci-guard.dev/mode': 'off' } } },
  ])
  api.collections.set(PODS, [
    webPod('web-6f9-1', 'bad'),
    webPod('web-6f9-2', 'bad'),
    webPod('web-6f9-3', 'good'),
    podObject('shop', 'nightly-29000000-x', 'bad', { owner: job('nightly-29000000') }),
    podObject('shop', 'done', 'bad', { phase: 'Succeeded' }),
    podObject('shop', 'waiting', ''),
    podObject('lab', 'trial', 'bad'),
    podObject('free', 'anything', 'bad'),
    podObject('kube-system', 'proxy', 'bad'),
    podObject('shop', 'alone', 'quiet'),
    podObject('shop', 'etcd-quiet', 'quiet', {
      owner: { apiVersion: 'v1', kind: 'Node', name: 'quiet' },
      annotations: { 'kubernetes.io/config.mirror': 'x' },
    }),
  ])
  api.collections.set(REPLICA_SETS, [
    owned('shop', 'web-6f9', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }),
  ])
  api.collections.set(JOBS, [
    owned('shop', 'nightly-29000000', { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly' }),
  ])
  return api
}

const scan = (api: ListingApiServer, ...args: string[]) =>
  runCommand(['scan', '--kubeconfig', api.kubeconfig(), ...args])

const brief = (stdout: string): string[] =>
  JSON.parse(stdout).map(
    ({ node, namespace, owner, count, decision }: Record<string, { kind: string; name: string }>) =>
      `${node} ${namespace} ${owner?.kind}/${owner?.name} ${count} ${decision}`,
  )

const EVERYTHING = [
  'bad lab Pod/trial 1 warn',
  'bad shop CronJob/nightly 1 deny',
  'bad shop Deployment/web 2 deny',
  'quiet shop Pod/alone 1 deny',
]

t.test('pods on violating nodes, by node and workload, and exit code 1', async t => {
  t.strictSame(await scan(await startCluster(t)), {
    code: 1,
    stdout: `NODE    STATE        REASON                  NAMESPACE   OWNER             PODS
bad     NotDefault   SnapshotterNotDefault   lab         Pod/trial         1
bad     NotDefault   SnapshotterNotDefault   shop        CronJob/nightly   1
bad     NotDefault   SnapshotterNotDefault   shop        Deployment/web    2
quiet   Unverified   NoReport                shop        Pod/alone         1
`,
    stderr: '5 pods of 4 owners on 2 of 3 nodes; 2 exempt pods are not counted.\n',
  })
})

t.test('-o wide adds what would be done now, the pods and the reason in words', async t => {
  const { stdout } = await scan(await startCluster(t), '-o', 'wide')
  const [heading, , , web] = stdout.split('\n')
  t.match(heading, /PODS +DECISION +NAMES +MESSAGE$/)
  t.match(web, /Deployment\/web +2 +deny +web-6f9-1,web-6f9-2 +node bad is NotDefault \(SnapshotterNotDefault\): /)
})

t.test('-o json and yaml give every field of the contract, and every name', async t => {
  const api = await startCluster(t)
  const { code, stdout, stderr } = await scan(api, '-A', '-o', 'json')
  t.equal(code, 1)
  t.equal(stderr, '')
  t.strictSame(brief(stdout), EVERYTHING)
  const records = JSON.parse(stdout)
  t.match(records[2].message, /^node bad is NotDefault \(SnapshotterNotDefault\): /)
  t.strictSame(
    { ...records[2], message: '' },
    {
      node: 'bad',
      state: 'NotDefault',
      reason: 'SnapshotterNotDefault',
      message: '',
      decision: 'deny',
      namespace: 'shop',
      owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      count: 2,
      pods: ['web-6f9-1', 'web-6f9-2'],
    },
  )
  t.strictSame(parse((await scan(api, '-o', 'yaml')).stdout), records)
})

t.test('one namespace, and pods by label', async t => {
  const api = await startCluster(t)
  t.strictSame(brief((await scan(api, '-n', 'lab', '-o', 'json')).stdout), [EVERYTHING[0]])
  t.ok(api.requests.some(request => request.startsWith('/api/v1/namespaces/lab/pods?')))
  t.strictSame(brief((await scan(api, '-l', 'app=web', '-o', 'json')).stdout), [EVERYTHING[2]])
  t.match(await scan(api, '-n', 'free'), {
    code: 0,
    stdout: '',
    stderr: 'No pods found in namespace free that are where they should not be (3 nodes looked at).\n',
  })
  t.match(await scan(api, '-n', 'free', '-o', 'json'), { code: 0, stdout: '[]\n', stderr: '' })
})

t.test('only the pods of violating nodes are asked for, and each owner once', async t => {
  const api = await startCluster(t)
  await scan(api)
  const about = (path: string): string[] => api.requests.filter(request => request.startsWith(path)).toSorted()
  t.strictSame(
    about(PODS),
    ['bad', 'quiet'].map(
      node =>
        `${PODS}?resourceVersion=0&fieldSelector=spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed&limit=500`,
    ),
  )
  t.strictSame(about('/apis/apps/v1'), ['/apis/apps/v1/namespaces/shop/replicasets/web-6f9'])
})

t.test('where many nodes violate the pods of all are read once, in pages', async t => {
  const api = await startCluster(t)
  const names = Array.from({ length: 101 }, (_, at) => `n${at}`)
  api.collections.set(NODES, [...names.map(name => nodeObject(name)), nodeObject('good')])
  api.collections.set(
    PODS,
    [...names, 'good'].map(name => podObject('shop', `p-${name}`, name)),
  )
  api.pageSize = 40
  const { code, stderr } = await scan(api)
  t.equal(code, 1)
  t.equal(stderr, '101 pods of 101 owners on 101 of 102 nodes.\n')
  t.equal(api.requests.filter(request => request.startsWith(PODS)).length, 3)
})

t.test('a list of pods that was forgotten half-way is counted once', async t => {
  const api = await startCluster(t)
  api.pageSize = 1
  api.refusals.set(`${PODS} continue`, { status: 410, message: 'too old', times: 1 })
  t.strictSame(brief((await scan(api, '-o', 'json')).stdout), EVERYTHING)
})

t.test('owners that are gone stand for themselves; where they may not be read, names tell', async t => {
  const api = await startCluster(t)
  api.collections.set(REPLICA_SETS, [])
  api.refusals.set('/apis/batch/v1/namespaces/shop/jobs/nightly-29000000', { status: 403, message: 'no' })
  t.strictSame(brief((await scan(api, '-n', 'shop', '-o', 'json')).stdout), [
    'bad shop CronJob/nightly 1 deny',
    'bad shop ReplicaSet/web-6f9 2 deny',
    'quiet shop Pod/alone 1 deny',
  ])
  api.refusals.set('/apis/apps/v1/namespaces/shop/replicasets/web-6f9', { status: 403, message: 'no' })
  t.strictSame(brief((await scan(api, '-n', 'shop', '-l', 'app=web', '-o', 'json')).stdout), [
    'bad shop Deployment/web 2 deny',
  ])
})

t.test('a pod on a Ready node is found when its runtime class uses another snapshotter', async t => {
  const api = await startCluster(t)
  const runtimeHandlers = [{ name: 'kata', snapshotter: 'devmapper' }]
  api.collections.set(REPORTS, [reportObject('bad'), reportObject('quiet'), reportObject('good', { runtimeHandlers })])
  api.collections.set('/apis/node.k8s.io/v1/runtimeclasses', [{ metadata: { name: 'vm' }, handler: 'kata' }])
  api.collections.set(PODS, [
    podObject('shop', 'boxed', 'good', { runtimeClassName: 'vm' }),
    podObject('shop', 'plain', 'good'),
  ])
  const { code, stdout } = await scan(api, '-o', 'json')
  t.equal(code, 1)
  t.strictSame(brief(stdout), ['good shop Pod/boxed 1 deny'])
  t.match(JSON.parse(stdout)[0], { state: 'Ready', reason: 'RuntimeHandlerUsesOtherSnapshotter' })
})

t.test('what cannot be told is exit code 2, and nothing is claimed', async t => {
  const api = await startCluster(t)
  api.refusals.set(PODS, {
    status: 403,
    message: 'pods is forbidden: User "system:serviceaccount:ci:scan" cannot list resource "pods" in API group ""',
  })
  const { code, stdout, stderr } = await scan(api)
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /^soci-guard: user system:serviceaccount:ci:scan may not list pods; .* --serviceaccount=ci:scan\n$/)
})
