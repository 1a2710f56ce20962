// The recommended installation as it is: the controller writes, the webhook explains, and with both of them gone nothing lands on a
// node known to be bad.
import t from 'tap'
import { splitBlocked } from '../../src/controller/blocked-nodes/blocked-text.ts'
import { REASON_CATALOGUE } from '../../src/policy/reason-catalogue.ts'
import { BLOCKED_NODES, denial, messageOf } from './backstop/backstop-cluster.ts'
import { REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { scaleController } from './faults/scale-controller.ts'
import { scaleGuard } from './faults/scale-guard.ts'
import { BAD_NODES, VERDICTS, violation } from './guard/expected.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { PROBE_POD } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { boundNode, notScheduled } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(170_000)

const EVERYTHING_TOLERATED = { tolerations: [{ operator: 'Exists' }] }

t.test('the production overlay', { timeout: 160_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    overlay: 'production',
    folder: testFolder(t, import.meta.url),
    controller: true,
  })
  const { plane } = cluster
  const bind = (node: string) => plane.admin.dryRunBind('default', PROBE_POD, node)
  const statusAt = async (node: string) => (await bind(node)).status
  const blocked = async () => {
    const object = await plane.admin.get<{ metadata: { name: string }; blocked?: Record<string, string> }>(
      `${BLOCKED_NODES}/soci-guard-0`,
    )
    return [...splitBlocked(object.blocked ?? {}).keys()].sort()
  }

  t.test('the controller writes which nodes are refused, and the answer names the node and what to do', async t => {
    await waitFor('all bad nodes', async () => (await blocked()).join() === [...BAD_NODES].sort().join())
    for (const node of BAD_NODES) {
      await waitFor(`${node} to be refused`, async () => (await statusAt(node)) === 403)
      const { state, reason } = VERDICTS[node]
      const sentence = `node ${node} is ${state}: ${reason}. ${REASON_CATALOGUE[reason].remedy}`
      t.equal(messageOf(await bind(node)), denial('pods', PROBE_POD, 'soci-guard-backstop', sentence))
    }
    for (const node of ['good-1', 'good-2']) t.equal(await statusAt(node), 201)
  })

  t.test('a node that turns is in it within moments, and out of it again', async t => {
    for (const [change, status] of [
      [REPORT_CHANGES.Mixed, 403],
      [REPORT_CHANGES.Ready, 201],
    ] as const) {
      const startMs = performance.now()
      await writeReport(plane.admin, 'good-2', change)
      await waitFor('BlockedNodes', async () => (await blocked()).includes('good-2') === (status === 403), {
        everyMs: 10,
      })
      t.ok(performance.now() - startMs < 10_000)
      t.comment(`${Math.round(performance.now() - startMs)} ms from the report to BlockedNodes`)
      await waitFor('the answer', async () => (await statusAt('good-2')) === status)
    }
  })

  t.test(
    'with the webhook and the controller gone, what is known to be bad is refused and all else is placed',
    async t => {
      await scaleController(cluster, 0)
      await scaleGuard(cluster, 0)
      for (const node of BAD_NODES) t.equal(await statusAt(node), 403, node)
      for (const node of ['good-1', 'good-2', 'unknown']) t.equal(await statusAt(node), 201, node)
      const pod = podObject('stubborn', { on: 'mixed-1', spec: EVERYTHING_TOLERATED })
      await plane.admin.create(podsPath(), pod)
      const { message = '' } = await notScheduled(plane, 'stubborn')
      t.match(message, 'node mixed-1 is Mixed: ConfiguredAfterLaunch. Replace the node')
      const direct = podObject('direct', { spec: { nodeName: 'broken-1', ...EVERYTHING_TOLERATED } })
      t.equal((await plane.admin.send('POST', podsPath(), direct)).status, 403)
      await plane.admin.create(podsPath(), podObject('usual'))
      t.match(await boundNode(plane, 'usual'), /^(good-[12]|kubelet-1)$/)
      await plane.admin.create(
        podsPath('kube-system'),
        podObject('system', { on: 'mixed-1', spec: EVERYTHING_TOLERATED }),
      )
      t.equal(await boundNode(plane, 'system', 'kube-system'), 'mixed-1')
    },
  )

  t.test('what changes meanwhile is made up for when they are back', async t => {
    await writeReport(plane.admin, 'mixed-1', REPORT_CHANGES.Ready)
    await writeReport(plane.admin, 'good-2', REPORT_CHANGES.Mixed)
    t.equal(await statusAt('mixed-1'), 403, 'as it was written last')
    t.equal(await statusAt('good-2'), 201)
    await scaleController(cluster, 1)
    await waitFor('the answers', async () => (await statusAt('mixed-1')) === 201 && (await statusAt('good-2')) === 403)
    t.equal(await boundNode(plane, 'stubborn'), 'mixed-1')
    await scaleGuard(cluster, 2)
    await plane.admin.delete(
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/soci-guard-backstop',
    )
    const want = `admission webhook "bindings.soci-guard.dev" denied the request: ${violation('broken-1')}`
    await waitFor('the webhook to answer instead', async () => messageOf(await bind('broken-1')) === want)
  })
})
