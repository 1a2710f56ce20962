import t, { type Test } from 'tap'
import { NODES, nodeObject, OVERLAYFS, REPORTS, reportObject } from '../support/cluster-objects.ts'
import { type ListingApiServer, startListingApiServer } from '../support/listing-api-server.ts'
import { runCommand } from '../support/run-command.ts'

const startCluster = async (t: Test): Promise<ListingApiServer> => {
  const api = await startListingApiServer(t)
  api.collections.set(NODES, [nodeObject('bad', { pool: 'x' }), nodeObject('good', { pool: 'y' })])
  api.collections.set(REPORTS, [reportObject('bad', OVERLAYFS), reportObject('good')])
  api.collections.set('/api/v1/namespaces', [
    { metadata: { name: 'lab', labels: { 'soci-guard.dev/mode': 'warn' } } },
    { metadata: { name: 'free', labels: { 'soci-guard.dev/mode': 'off' } } },
  ])
  return api
}

const pod = (spec: object, namespace?: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Pod', spec: { containers: [], ...spec } },
    metadata: { name: 'p', ...(namespace === undefined ? {} : { namespace }) },
  })

const ON_BAD = { nodeName: 'bad' }

const NAMESPACES: readonly {
  name: string
  manifest: string
  flags: readonly string[]
  context?: string
  want: { namespace: string; verdict: string }
}[] = [
  { name: 'default', manifest: pod(ON_BAD), flags: [], want: { namespace: 'default', verdict: 'deny' } },
  {
    name: "the context's",
    manifest: pod(ON_BAD),
    flags: [],
    context: 'free',
    want: { namespace: 'free', verdict: 'allow' },
  },
  {
    name: "the flag's before the context's",
    manifest: pod(ON_BAD),
    flags: ['-n', 'lab'],
    context: 'free',
    want: { namespace: 'lab', verdict: 'warn' },
  },
  {
    name: "the object's before all others",
    manifest: pod(ON_BAD, 'free'),
    flags: ['-n', 'lab'],
    want: { namespace: 'free', verdict: 'allow' },
  },
]

for (const { name, manifest, flags, context, want } of NAMESPACES) {
  t.test(`the namespace of an object is ${name}`, async t => {
    const api = await startCluster(t)
    const args = ['check', '--kubeconfig', api.kubeconfig(context), '-f', '-', '-o', 'json', ...flags]
    const { stdout, stderr, code } = await runCommand(args, { input: manifest })
    t.equal(stderr, '')
    t.match(JSON.parse(stdout), want)
    t.equal(code, want.verdict === 'deny' ? 1 : 0)
  })
}

t.test('a pod that may go anywhere is warned about, and --explain shows the nodes of the cluster', async t => {
  const api = await startCluster(t)
  const args = ['check', '--kubeconfig', api.kubeconfig(), '-f', '-', '--explain']
  t.strictSame(await runCommand(args, { input: pod({}) }), {
    code: 0,
    stdout: `Pod default/p: WARN 1 of 2 eligible nodes is not SOCI-ready; pods are refused there. NotDefault (SnapshotterNotDefault): bad: set the default snapshotter at launch and replace the node
  NODE   ELIGIBLE   STATE        REASON                  FILTER
  bad    yes        NotDefault   SnapshotterNotDefault   <none>
  good   yes        Ready        <none>                  <none>
`,
    stderr: '',
  })
})

t.test("a runtime class of the cluster adds its node selector to the pod's", async t => {
  const api = await startCluster(t)
  api.collections.set('/apis/node.k8s.io/v1/runtimeclasses', [
    { metadata: { name: 'y' }, handler: 'runc', scheduling: { nodeSelector: { pool: 'y' } } },
  ])
  const args = ['check', '--kubeconfig', api.kubeconfig(), '-f', '-', '-o', 'json']
  const { stdout } = await runCommand(args, { input: pod({ runtimeClassName: 'y' }) })
  t.match(JSON.parse(stdout), { verdict: 'allow', message: 'the only eligible node is SOCI-ready' })
})

t.test('a kind that may not be listed is one sentence and exit code 2', async t => {
  const api = await startCluster(t)
  const message = 'namespaces is forbidden: User "jane" cannot list resource "namespaces" in API group ""'
  api.refusals.set('/api/v1/namespaces', { status: 403, message })
  const args = ['check', '--kubeconfig', api.kubeconfig(), '-f', '-']
  const { code, stdout, stderr } = await runCommand(args, { input: pod({}) })
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /^soci-guard: user jane may not list namespaces; it needs the verbs list \([^\n]*\n$/)
})
