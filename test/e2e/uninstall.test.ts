// What is left of soci-guard when it goes: nothing, on no Node.
import { join } from 'node:path'
import t from 'tap'
import type { KubernetesObject } from './cluster/kubernetes-object.ts'
import { createNodes } from './cluster/nodes.ts'
import { REPORT_CHANGES, REPORTS, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { scaleController } from './faults/scale-controller.ts'
import { podsOf } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, overlayFolder, succeeded } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { runGuard } from './guard/run-guard.ts'
import { testFolder } from './guard/test-folder.ts'
import { KUBELET_NODE } from './test-cluster.ts'

t.setTimeout(230_000)

const OPEN_REPORTS = `/apis/openreports.io/v1alpha1/namespaces/${GUARD_NAMESPACE}/reports`
const BLOCKED_NODES = '/apis/soci-guard.dev/v1alpha1/blockednodes'
const CRD = join(import.meta.dirname, '../fixtures/report-kinds/openreports.yaml')
const GPU = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' } as const
const REGISTRATION = { key: 'soci-guard.dev/snapshotter', value: 'registering', effect: 'NoSchedule' } as const

interface Node extends KubernetesObject {
  spec: { taints?: { key: string; value?: string }[] }
  status: { conditions: { type: string; status: string }[] }
}

t.test('nothing is left on any Node', { timeout: 220_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
    nodes: [],
  })
  const { plane, kubelet } = cluster
  const { admin } = plane
  succeeded(await plane.kubectl(['apply', '-f', CRD]))
  const uninstall = (...args: string[]) => runGuard(plane, ['uninstall', ...args], { timeoutMs: 80_000 })

  // No controller runs yet, so every Node is as its kubelet registers it.
  await createNodes(admin, [
    { name: 'good-1' },
    { name: 'mixed-1', taints: [GPU], labels: { pool: 'gpu' }, annotations: { note: 'keep' } },
    { name: 'mixed-2' },
    { name: 'broken-1', unschedulable: true, taints: [GPU] },
    { name: 'silent-1' },
    { name: 'registering-1', taints: [REGISTRATION] },
  ])
  const registered = await nodesNow()
  const { taints, ...spec } = (await admin.get<Node>('/api/v1/nodes/registering-1')).spec
  t.strictSame(taints, [REGISTRATION])
  const before = { ...registered, 'registering-1': { ...registered['registering-1'], spec } }
  t.notMatch(JSON.stringify(before), /[^.]soci-guard\.dev\/|SnapshotterReady/)
  await writeReport(admin, 'mixed-1', REPORT_CHANGES.Ready)
  await waitFor('a pod on mixed-1', async () => {
    const early = podObject('early', { spec: { nodeName: 'mixed-1', tolerations: [{ operator: 'Exists' }] } })
    return (await admin.send('POST', podsPath(), early)).status === 201
  })
  await writeReports()

  await t.test('a controller marks the nodes', async t => {
    await scaleController(cluster, 1)
    // What stands against a node goes only when an agent still says that it is in order.
    await writeReports()
    await marked()
    await waitFor('the report on mixed-1', async () => (await admin.list(OPEN_REPORTS)).length === 1, {
      deadlineMs: 40_000,
    })
    await waitFor('the BlockedNodes', async () => (await admin.list(BLOCKED_NODES)).length === 1)
    t.match(await nodesNow(), { 'good-1': { metadata: { labels: { 'soci-guard.dev/state': 'Ready' } } } })
  })

  await t.test('while it runs, nothing is removed', async t => {
    const { code, stdout, stderr } = await uninstall()
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, /deployment\/soci-guard-controller in namespace soci-guard-system still run/)
  })

  await t.test('with everything scaled to 0 all that was written goes, and each Node is as it was', async t => {
    await scaleToNothing()
    const marks = await nodesNow()
    const dry = await uninstall('--dry-run')
    t.equal(dry.code, 0, dry.stderr)
    t.match(dry.stdout, /^node\/mixed-1: taint, label, condition would be removed$/m)
    t.match(dry.stdout, /^node\/good-1: label, condition would be removed$/m)
    t.strictSame(await nodesNow(), marks, 'a dry run changes nothing')

    const done = await uninstall()
    t.equal(done.code, 0, done.stderr)
    t.strictSame(linesOf(done.stdout), linesOf(dry.stdout.replaceAll('would be removed', 'removed')))
    t.strictSame(await nodesNow(), before)
    for (const path of [OPEN_REPORTS, BLOCKED_NODES, REPORTS]) t.strictSame(await admin.list(path), [], path)
    t.match(await uninstall(), {
      code: 0,
      stdout: '',
      stderr: /^Nothing of soci-guard was found \(7 nodes looked at\)/,
    })
  })

  await t.test('with the manifests deleted, too', { timeout: 100_000 }, async t => {
    await writeReports()
    await scaleController(cluster, 1)
    await marked()
    succeeded(await plane.kubectl(['delete', '-k', overlayFolder('enforce')], { timeoutMs: 60_000 }))
    t.match(await nodesNow(), { 'mixed-1': { spec: { taints: [GPU, { key: REGISTRATION.key, value: 'Mixed' }] } } })
    const { code, stdout, stderr } = await uninstall()
    t.equal(code, 0, stderr)
    t.match(stdout, /^node\/mixed-1: taint, label, condition removed$/m)
    t.strictSame(await nodesNow(), before)
  })

  async function writeReports(): Promise<void> {
    for (const [name, change] of Object.entries(REPORTED)) await writeReport(admin, name, change)
  }

  /** Nothing of ours runs afterwards; no agent was ever wanted. */
  async function scaleToNothing(): Promise<void> {
    await scaleController(cluster, 0)
    succeeded(await plane.kubectl(['-n', GUARD_NAMESPACE, 'scale', 'deployment/soci-guard', '--replicas=0']))
    await waitFor('the webhook to end', () => podsOf(kubelet, 'serve').length === 0)
  }

  async function marked(): Promise<void> {
    await waitFor('every node to be marked', async () => {
      const nodes = await admin.list<Node>('/api/v1/nodes')
      return nodes.every(
        ({ metadata, status }) =>
          Object.hasOwn(metadata.labels ?? {}, 'soci-guard.dev/state') &&
          status.conditions.some(({ type }) => type === 'SnapshotterReady'),
      )
    })
    await waitFor('mixed-1 to be tainted', async () => {
      const { spec } = await admin.get<Node>('/api/v1/nodes/mixed-1')
      return spec.taints?.some(({ key, value }) => key === REGISTRATION.key && value === 'Mixed') === true
    })
  }

  /** Every Node whole, but for what the API server itself counts and notes; who owns a field is no longer us. */
  async function nodesNow(): Promise<Record<string, Omit<Node, 'metadata'> & { metadata: object }>> {
    const nodes = await admin.list<Node>('/api/v1/nodes')
    return Object.fromEntries(
      nodes.map(({ metadata: { resourceVersion, managedFields, ...metadata }, ...node }) => [
        metadata.name,
        { ...node, metadata },
      ]),
    )
  }
})

const REPORTED = {
  [KUBELET_NODE]: REPORT_CHANGES.Ready,
  'good-1': REPORT_CHANGES.Ready,
  'mixed-1': REPORT_CHANGES.Mixed,
  'mixed-2': REPORT_CHANGES.Mixed,
  'broken-1': REPORT_CHANGES.Broken,
  'registering-1': REPORT_CHANGES.Ready,
}

const linesOf = (text: string): string[] => text.split('\n').sort()
