import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readAuditLog } from './cluster/audit-log.ts'
import type { ControlPlane } from './cluster/control-plane.ts'
import { type NodeTaint, nodePath } from './cluster/nodes.ts'
import { REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { scaleController } from './faults/scale-controller.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { boundNode } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(200_000)

const POOL = { 'e2e.soci-guard.dev/pool': 'livelock' }

/** How long the scheduler is watched without the controller: its pauses between attempts grow from one second to ten. */
const WATCHED_MS = 25_000

t.test('a refused bind alone teaches the scheduler nothing', { timeout: 190_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
    nodes: [
      { name: 'good-1', labels: POOL, report: REPORT_CHANGES.Ready },
      { name: 'mixed-1', labels: POOL, report: REPORT_CHANGES.Ready },
    ],
  })
  const { plane } = cluster
  const create = (name: string) => plane.admin.create(podsPath(), inPool(name))

  t.test('without the controller it keeps choosing the bad node, though a good one has room', async t => {
    await scaleController(cluster, 0)
    // The good node is the fuller one from now on, so that scoring prefers the other.
    await plane.admin.create(podsPath(), podObject('weight', { spec: { ...HEAVY, nodeName: 'good-1' } }))
    await writeReport(plane.admin, 'mixed-1', REPORT_CHANGES.Mixed)
    await waitFor('mixed-1 to be refused', async () => (await dryRun(plane, 'mixed-1')) === 403)
    await create('unlucky')
    await sleep(WATCHED_MS)
    const binds = bindsOf(plane, 'unlucky')
    t.ok(binds.length >= 4, `${binds.length} attempts`)
    for (const { responseStatus, annotations } of binds) {
      t.equal(responseStatus?.code, 403)
      t.equal(annotations?.['bindings.soci-guard.dev/node'], 'mixed-1')
    }
    const condition = await scheduled(plane, 'unlucky')
    t.match(condition, { status: 'False', reason: 'SchedulerError' }, 'not Unschedulable: no autoscaler looks at it')
  })

  t.test('with the controller the node is tainted, and the same pod lands on the good one', async t => {
    await scaleController(cluster, 1)
    const taint = await waitFor('the taint', async () => (await guardTaint(plane, 'mixed-1')) ?? false)
    t.strictSame(taint, { key: TAINT_KEY, value: 'Mixed', effect: 'NoSchedule' })
    t.equal(await boundNode(plane, 'unlucky'), 'good-1')
  })

  t.test('where no good node is left the pod is Unschedulable, and a person sees why', async t => {
    await writeReport(plane.admin, 'good-1', REPORT_CHANGES.Broken)
    await waitFor('the taint', async () => (await guardTaint(plane, 'good-1'))?.value === 'Broken')
    await create('homeless')
    const condition = await waitFor('the scheduler to say so', async () => {
      const found = await scheduled(plane, 'homeless')
      return found?.reason === 'Unschedulable' && found
    })
    t.match(condition, { status: 'False', message: /had untolerated taint/ })
    t.comment(condition.message)
    t.strictSame(bindsOf(plane, 'homeless'), [], 'not one bind was tried in vain')
    const { stdout } = await plane.kubectl(['describe', 'node', 'good-1'])
    t.match(stdout, /Taints: +soci-guard\.dev\/snapshotter=Broken:NoSchedule/)
    t.match(stdout, /SnapshotterReady +False .*SnapshotterUnavailable/, 'the condition explains the taint')
  })

  t.test('once the node is good again the pod lands by itself', async t => {
    await writeReport(plane.admin, 'good-1', REPORT_CHANGES.Ready)
    t.equal(await boundNode(plane, 'homeless'), 'good-1')
    t.equal(await guardTaint(plane, 'good-1'), undefined)
  })

  t.test('nothing went wrong beside the tests', async t => t.strictSame(cluster.kubelet.problems, []))
})

const TAINT_KEY = 'soci-guard.dev/snapshotter'

const requests = (cpu: string) => ({
  containers: [{ name: 'app', image: 'registry.test/app:1', resources: { requests: { cpu, memory: '1Gi' } } }],
})

const HEAVY = requests('32')

const inPool = (name: string) => podObject(name, { spec: { ...requests('1'), nodeSelector: POOL } })

async function guardTaint({ admin }: ControlPlane, node: string): Promise<NodeTaint | undefined> {
  const { spec } = await admin.get<{ spec: { taints?: NodeTaint[] } }>(nodePath(node))
  return spec.taints?.find(({ key }) => key === TAINT_KEY)
}

async function scheduled({ admin }: ControlPlane, name: string) {
  interface Pod {
    status?: { conditions?: { type: string; status: string; reason?: string; message: string }[] }
  }
  const { status } = await admin.get<Pod>(`${podsPath()}/${name}`)
  return status?.conditions?.find(({ type }) => type === 'PodScheduled')
}

const dryRun = async ({ admin }: ControlPlane, node: string) =>
  (await admin.dryRunBind('default', 'probe', node)).status

const bindsOf = ({ files }: ControlPlane, name: string) =>
  readAuditLog(
    files.auditLog,
    ({ objectRef }) =>
      objectRef?.subresource === 'binding' && objectRef.name === name && objectRef.namespace === 'default',
  )
