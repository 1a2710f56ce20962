import t, { type Test } from 'tap'
import { createNodes } from './cluster/nodes.ts'
import { createReports, REPORT_CHANGES } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { bindOutcome } from './faults/bind-outcome.ts'
import { type BindStream, streamBinds } from './faults/bind-stream.ts'
import { earlyAnswers } from './faults/direct-review.ts'
import { everyReplica, replicasOf } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, rolloutStatus, succeeded } from './guard/install-guard.ts'
import { testFolder } from './guard/test-folder.ts'
import type { PodWorker } from './kubelet/pod-worker.ts'

t.setTimeout(200_000)

/** Good and bad nodes of both ends of what is listed, so that a part of the inventory gives a wrong answer away. */
const RIGHT = { 'good-1': 'allow', 'mixed-1': 'deny', 'z-good': 'allow', 'z-mixed': 'deny' } as const
const MORE_NODES = 800

t.test('while replicas come and go', { timeout: 190_000 }, async t => {
  const { plane, kubelet } = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
  })
  const names = Array.from({ length: MORE_NODES }, (_, index) => `more-${index}`)
  await createNodes(
    plane.admin,
    [...names, 'z-good', 'z-mixed'].map(name => ({ name })),
  )
  await createReports(plane.admin, [...names, 'z-good'])
  await createReports(plane.admin, ['z-mixed'], REPORT_CHANGES.Mixed)
  await everyReplica(kubelet, 'all nodes', samples => samples.get('soci_guard_nodes{state="Mixed"}') === 2)
  await everyReplica(kubelet, 'all reports', samples => samples.get('soci_guard_nodes{state="Unverified"}') === 1)

  t.test('a rolling restart costs not one bind, and no answer is wrong', { timeout: 90_000 }, async t => {
    const old = replicasOf(kubelet)
    const stream = streamBinds(plane.admin, RIGHT)
    succeeded(await plane.kubectl(['-n', GUARD_NAMESPACE, 'rollout', 'restart', 'deployment/soci-guard']))
    succeeded(await rolloutStatus(plane))
    await waitFor('the old replicas to end', () => old.every(({ pod }) => !kubelet.pods.has(pod.metadata.name)))
    await faultless(t, stream)
    for (const replica of old) t.match(replica.logs('soci-guard'), /"msg":"stopped"/, 'it ended by itself')
  })

  t.test('from its first moment on a replica gives no wrong answer', { timeout: 60_000 }, async t => {
    for (let round = 0; round < 3; round++) {
      const replica = replicasOf(kubelet)[round % 2] as PodWorker
      await killed(replica)
      const early = await earlyAnswers(replica.network.ip, RIGHT)
      t.strictSame(early.wrong, [])
      t.ok(early.unanswered > 0 && early.answers > 20)
      t.comment(`first answer after ${Math.round(early.firstAnswerMs)} ms with the kubelet's pause`, early)
    }
  })

  t.test('when both replicas are killed at once, binds fail until the first is back, and none goes wrong', async t => {
    const stream = streamBinds(plane.admin, RIGHT)
    await Promise.all(replicasOf(kubelet).map(killed))
    const startMs = performance.now()
    await waitFor('the right answers again', async () => {
      const outcomes = await Promise.all(Object.keys(RIGHT).map(node => bindOutcome(plane.admin, node)))
      return outcomes.every((outcome, index) => outcome === Object.values(RIGHT)[index])
    })
    t.comment(`after ${Math.round(performance.now() - startMs)} ms`)
    const { wrong, failed } = await stream.stop()
    t.strictSame(wrong, [])
    t.ok(failed.length > 0, 'Fail means that there is no answer while nobody can give one')
    succeeded(await rolloutStatus(plane))
  })

  t.test('nothing went wrong beside the tests', async t => t.strictSame(kubelet.problems, []))
})

/** Kills the process once it runs; the kubelet starts another in the same pod after a pause that grows. */
async function killed(replica: PodWorker): Promise<void> {
  const container = await waitFor(`${replica.pod.metadata.name} to run`, () => replica.keepers[0]?.current)
  container.signal('SIGKILL')
  await container.exited
}

async function faultless(t: Test, stream: BindStream): Promise<void> {
  const { answers, wrong, failed, slowestMs } = await stream.stop()
  t.comment(`${answers} binds, the slowest took ${Math.round(slowestMs)} ms`)
  t.ok(answers > 500)
  t.strictSame(wrong, [])
  t.strictSame(failed, [])
}
