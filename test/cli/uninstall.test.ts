import t, { type Test } from 'tap'
import { NODES, nodeObject, PODS, REPORTS, reportObject } from '../support/cluster-objects.ts'
import { type ListingApiServer, type ServedObject, startListingApiServer } from '../support/listing-api-server.ts'
import { runCommand } from '../support/run-command.ts'

const DEPLOYMENTS = '/apis/apps/v1/deployments'
const DAEMON_SETS = '/apis/apps/v1/daemonsets'
const SECRETS = '/api/v1/secrets'
const OPEN_REPORTS = '/apis/openreports.io/v1alpha1/reports'
const BLOCKED_NODES = '/apis/soci-guard.dev/v1alpha1/blockednodes'

const OTHER_TAINT = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }
const OUR_TAINT = { key: 'soci-guard.dev/snapshotter', value: 'Mixed', effect: 'NoSchedule' }
const KUBELET_READY = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }
const CONDITION = { type: 'SnapshotterReady', status: 'False', reason: 'ImagesStranded', message: 'replace the node' }

const bare = (name: string): ServedObject => ({
  ...nodeObject(name, { pool: 'gpu' }),
  kind: 'Node',
  spec: { taints: [OTHER_TAINT] },
  status: { conditions: [KUBELET_READY] },
})

const marked = (name: string): ServedObject => ({
  ...bare(name),
  metadata: { ...bare(name).metadata, labels: { pool: 'gpu', 'soci-guard.dev/state': 'Mixed' } },
  spec: { taints: [OTHER_TAINT, OUR_TAINT] },
  status: { conditions: [KUBELET_READY, CONDITION] },
})

const named = (name: string, metadata: object = {}): ServedObject => ({
  metadata: { name, namespace: 'soci-guard-system', ...metadata },
})

const OURS = { labels: { 'app.kubernetes.io/managed-by': 'soci-guard' } }

const startCluster = async (t: Test): Promise<ListingApiServer> => {
  const api = await startListingApiServer(t)
  api.collections.set(DEPLOYMENTS, []).set(DAEMON_SETS, []).set(SECRETS, [])
  api.collections.set(NODES, [marked('bad-1'), bare('good'), marked('bad-2')])
  return api
}

const uninstall = (api: ListingApiServer, ...args: string[]) =>
  runCommand(['uninstall', '--kubeconfig', api.kubeconfig(), ...args])

t.test('taint, label and condition go from every node, and all else stays', async t => {
  const api = await startCluster(t)
  t.strictSame(await uninstall(api), {
    code: 0,
    stdout: 'node/bad-1: taint, label, condition removed\nnode/bad-2: taint, label, condition removed\n',
    stderr: 'Nothing of soci-guard is left (3 nodes looked at).\n',
  })
  t.strictSame(api.collections.get(NODES), [bare('bad-1'), bare('good'), bare('bad-2')])
  t.strictSame(await uninstall(api), {
    code: 0,
    stdout: '',
    stderr: 'Nothing of soci-guard was found (3 nodes looked at).\n',
  })
})

t.test('--dry-run says the same and writes nothing', async t => {
  const api = await startCluster(t)
  t.strictSame(await uninstall(api, '--dry-run'), {
    code: 0,
    stdout:
      'node/bad-1: taint, label, condition would be removed\nnode/bad-2: taint, label, condition would be removed\n',
    stderr: 'Nothing was changed (3 nodes looked at).\n',
  })
  t.strictSame(api.writes, [])
})

t.test('our reports, BlockedNodes and Secrets go, those of others stay', async t => {
  const api = await startCluster(t)
  api.collections.set(NODES, [])
  api.collections.set(OPEN_REPORTS, [named('bad-1', OURS), named('of-kyverno')])
  api.collections.set(BLOCKED_NODES, [{ metadata: { name: 'soci-guard-0' } }, { metadata: { name: 'by-hand' } }])
  api.collections.set(REPORTS, [reportObject('bad-1')])
  api.collections.set(SECRETS, [named('soci-guard-ca'), named('soci-guard-tls'), named('other')])
  const { code, stdout } = await uninstall(api)
  t.equal(code, 0)
  t.strictSame(stdout.trimEnd().split('\n'), [
    'reports.openreports.io/bad-1 removed',
    'blockednodes.soci-guard.dev/soci-guard-0 removed',
    'nodesnapshotters.soci-guard.dev/bad-1 removed',
    'secret/soci-guard-ca removed',
    'secret/soci-guard-tls removed',
  ])
  const left = [OPEN_REPORTS, BLOCKED_NODES, REPORTS, SECRETS].map(path =>
    api.collections.get(path)?.map(({ metadata }) => metadata.name),
  )
  t.strictSame(left, [['of-kyverno'], ['by-hand'], [], ['other']])
})

t.test('a Secret that cert-manager keeps is left to it', async t => {
  const api = await startCluster(t)
  api.collections.set(NODES, [])
  api.collections.set(SECRETS, [
    named('soci-guard-tls', { annotations: { 'cert-manager.io/certificate-name': 'soci-guard' } }),
  ])
  t.match(await uninstall(api), { code: 0, stdout: '' })
  t.strictSame(api.writes, [])
})

t.test('while something still runs that would write it again, nothing is removed', async t => {
  const api = await startCluster(t)
  const ours = { labels: { 'app.kubernetes.io/name': 'soci-guard' } }
  api.collections.set(DEPLOYMENTS, [
    { ...named('soci-guard-controller', ours), spec: { replicas: 1 } },
    { ...named('soci-guard', ours), spec: { replicas: 0 } },
  ])
  api.collections.set(DAEMON_SETS, [
    { ...named('soci-guard-agent', ours), status: { desiredNumberScheduled: 3 } },
    { ...named('of-others'), status: { desiredNumberScheduled: 3 } },
  ])
  const said =
    'soci-guard: daemonset/soci-guard-agent, deployment/soci-guard-controller in namespace soci-guard-system still run; delete the manifests first (kubectl delete -k manifests/overlays/…), or scale to 0\n'
  t.strictSame(await uninstall(api), { code: 2, stdout: '', stderr: said })
  t.match(await uninstall(api, '--dry-run'), {
    code: 0,
    stdout: /^node\/bad-1: taint, label, condition would be removed\n/,
    stderr: `${said}Nothing was changed (3 nodes looked at).\n`,
  })
  t.strictSame(api.writes, [])
})

t.test('pods that are ending are waited for', async t => {
  const api = await startCluster(t)
  const pod = { ...named('soci-guard-controller-1', { labels: { 'app.kubernetes.io/name': 'soci-guard' } }) }
  api.collections.set(PODS, [{ ...pod, status: { phase: 'Running' } }])
  setTimeout(() => api.collections.set(PODS, []), 200)
  t.match(await uninstall(api), { code: 0, stderr: 'Nothing of soci-guard is left (3 nodes looked at).\n' })
})

t.test('a Node that changed since it was read is read again, and one that is gone needs nothing', async t => {
  const api = await startCluster(t)
  const [first, , last] = api.collections.get(NODES) ?? []
  api.refusals.set(`${NODES}/bad-1`, { status: 409, message: 'the object has been modified', times: 1 })
  api.refusals.set(`${NODES}/bad-2`, { status: 404, message: 'nodes "bad-2" not found' })
  t.ok(first && last)
  t.match(await uninstall(api), { code: 0, stdout: /node\/bad-1: taint, label, condition removed\n/ })
  t.strictSame(api.collections.get(NODES)?.[0], bare('bad-1'))
})

t.test('what cannot be removed is told, the rest is removed, and the exit code is 1', async t => {
  const api = await startCluster(t)
  api.refusals.set(`${NODES}/bad-1`, { status: 403, message: 'User "me" cannot patch resource "nodes"' })
  const { code, stdout, stderr } = await uninstall(api)
  t.equal(code, 1)
  t.equal(stdout, 'node/bad-2: taint, label, condition removed\n')
  t.match(
    stderr,
    /^soci-guard: node\/bad-1: taint, label, condition could not be removed:\nsoci-guard: user me may not patch nodes; /,
  )
  t.match(stderr, /\n1 of 2 could not be removed \(3 nodes looked at\); run it again\.\n$/)
})
