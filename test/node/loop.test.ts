// The whole way, nothing in it played: a containerd with SOCI, the agent beside it, an API server with the guard installed as the
// manifests have it, and a scheduler that wants to bind a pod to the node.
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { createNodes, nodePath } from '../e2e/cluster/nodes.ts'
import { REPORTS, writeReport } from '../e2e/cluster/reports.ts'
import { waitFor } from '../e2e/cluster/wait-for.ts'
import { bindOutcome } from '../e2e/faults/bind-outcome.ts'
import { annotationsOf } from '../e2e/guard/annotations.ts'
import { boundAudit, refusedAudit } from '../e2e/guard/audited.ts'
import { guardImages } from '../e2e/guard/guard-image.ts'
import { statesKnown } from '../e2e/guard/guard-metrics.ts'
import { installGuard } from '../e2e/guard/install-guard.ts'
import { keepAgentOnLabel, keepGuardOnKubelet } from '../e2e/guard/keep-guard-on-kubelet.ts'
import { podObject, podsPath } from '../e2e/guard/pod-object.ts'
import { testFolder } from '../e2e/guard/test-folder.ts'
import { KUBELET_NODE, startTestCluster, type TestCluster } from '../e2e/test-cluster.ts'
import type { TestNode } from './node.ts'
import { type NodeAgent, setBootID, startNodeAgent } from './node-agent.ts'
import { startTestLab } from './test-lab.ts'

const ADDON = 'registry.test/addon:1'
const OVERLAYFS = { defaultSnapshotter: 'overlayfs' }

t.test('a node that is set up too late gets no pod until it is replaced', async t => {
  const cluster = await guardedCluster(t)
  await t.test('containerd 2.4.2', t => loop(t, cluster))
})

async function loop(t: Test, cluster: TestCluster): Promise<void> {
  const { plane } = cluster
  const { logFolder } = plane.files
  const lab = await startTestLab(t, '2.4.2')
  const node = await lab.node(t, OVERLAYFS)
  let agent = await launch(t, cluster, node, 'agent-first')

  await t.test('SOCI is registered, and not the default', async t => {
    await verdict(t, cluster, node, 'NotDefault')
    // The taint keeps every other pod from ever coming to a bind.
    const tolerations = [{ key: 'soci-guard.dev/snapshotter', operator: 'Exists', effect: 'NoSchedule' }]
    await plane.admin.create(podsPath(), podObject('app', { on: node.name, spec: { tolerations } }))
    const refused = annotationsOf(await refusedAudit(plane, 'app'), 'bindings')
    t.match(refused, { node: node.name, state: 'NotDefault', reason: 'SnapshotterNotDefault' })
  })

  await t.test('switched to SOCI while a pod of overlayfs runs', async t => {
    const sandbox = await node.cri.runPodSandbox('before')
    await node.cri.pullImage(ADDON)
    await node.cri.startContainer(sandbox, ADDON)
    await node.reconfigure({})
    await verdict(t, cluster, node, 'Mixed')
    await node.cri.removePodSandbox(sandbox)
    const refused = await plane.admin.dryRunBind('default', 'app', node.name)
    t.equal(refused.status, 403)
    t.match((refused.body as { message: string }).message, new RegExp(`node ${node.name} is Mixed \\(ConfiguredAfter`))
  })

  await t.test('an agent that starts anew does not forget', async t => {
    await agent.stop()
    const before = await reportOf(cluster, node)
    agent = await startNodeAgent({ plane, node, pod: 'agent-second', logFolder })
    const after = await waitFor('a report of the second agent', async () => {
      const report = await reportOf(cluster, node)
      return report?.agent.podUID === agent.seat.podUID && report.verified && report
    })
    t.strictSame(after.mixed, before?.mixed)
    t.equal(await bindOutcome(plane.admin, node.name), 'deny')
  })

  await t.test('a new machine under the old name', async t => {
    await agent.stop()
    await plane.admin.delete(nodePath(node.name))
    await waitFor('the report to go with its Node', async () => (await reportOf(cluster, node)) === undefined)
    await node.wipe({})
    agent = await launch(t, cluster, node, 'agent-third')
    await verdict(t, cluster, node, 'Ready')
    t.ok(await boundAudit(plane, 'app'), 'the scheduler has bound the pod that waited')
    await agent.stop()
  })
}

interface Report {
  verified: boolean
  agent: { podUID: string }
  mixed?: unknown
}

async function reportOf({ plane }: TestCluster, node: TestNode): Promise<Report | undefined> {
  return (await plane.admin.find<{ spec: Report }>(`${REPORTS}/${node.name}`))?.spec
}

/** The registry and the API server both want port 443: the registry has loopback, the API server its Service's address only. */
async function guardedCluster(t: Test): Promise<TestCluster> {
  const folder = testFolder(t, import.meta.url)
  const apiServerFlags = ['--bind-address=10.1.0.1']
  const cluster = await startTestCluster(t, { images: await guardImages(folder), folder, apiServerFlags })
  await keepGuardOnKubelet(cluster.plane.admin)
  await keepAgentOnLabel(cluster.plane.admin)
  await installGuard(cluster, 'enforce')
  await writeReport(cluster.plane.admin, KUBELET_NODE)
  await statesKnown(cluster.kubelet, { Ready: 1 })
  return cluster
}

/** Registers a machine that was just started as a Node, and starts its agent. */
async function launch(t: Test, { plane }: TestCluster, node: TestNode, pod: string): Promise<NodeAgent> {
  const bootID = randomUUID()
  await setBootID(node, bootID)
  await createNodes(plane.admin, [{ name: node.name, bootID }])
  const agent = await startNodeAgent({ plane, node, pod, logFolder: plane.files.logFolder })
  t.teardown(() => agent.stop())
  return agent
}

/** Waits until every replica of the webhook has the verdict; then the webhook's answer must be the right one. */
async function verdict(t: Test, { plane, kubelet }: TestCluster, node: TestNode, state: string): Promise<void> {
  await statesKnown(kubelet, state === 'Ready' ? { Ready: 2 } : { Ready: 1, [state]: 1 })
  t.equal(await bindOutcome(plane.admin, node.name), state === 'Ready' ? 'allow' : 'deny', state)
}
