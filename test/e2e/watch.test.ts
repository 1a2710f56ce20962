import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createNodes, nodePath } from './cluster/nodes.ts'
import { deleteReport, REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { bindOutcome } from './faults/bind-outcome.ts'
import { streamBinds } from './faults/bind-stream.ts'
import { directClient } from './faults/direct-review.ts'
import { silenceConnections } from './faults/silent-connections.ts'
import { guardLog } from './guard/guard-log.ts'
import { replicasOf, statesKnown } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, rolloutStatus, succeeded } from './guard/install-guard.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'
import type { PodWorker } from './kubelet/pod-worker.ts'

t.setTimeout(260_000)

const READ_DEADLINE_MS = 75_000

t.test('when the watches break', { timeout: 250_000 }, async t => {
  const { plane, kubelet } = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
  })
  const answers = (node: string, want: 'allow' | 'deny', deadlineMs = 20_000) =>
    steadily(`the answer about ${node}`, want, async () => String(await bindOutcome(plane.admin, node)), {
      deadlineMs,
      everyMs: 10,
    })

  t.test('while the API server is away replicas know what they knew, and go on when it is back', async t => {
    await plane.stopProgram('kube-apiserver', 'SIGKILL')
    const replica = replicasOf(kubelet)[0] as PodWorker
    const client = directClient(replica.network.ip)
    const outcomes = new Set<string>()
    for (let turn = 0; turn < 50; turn++) {
      outcomes.add(`good ${await client.review('good-1')}`).add(`mixed ${await client.review('mixed-1')}`)
      await sleep(10)
    }
    t.strictSame([...outcomes], ['good allow', 'mixed deny'])
    client.close()
    await plane.startProgram('kube-apiserver')
    await answers('mixed-1', 'deny')
    await writeReport(plane.admin, 'good-2', REPORT_CHANGES.Broken)
    const startMs = performance.now()
    await answers('good-2', 'deny', 40_000)
    t.comment(`a change acts ${Math.round(performance.now() - startMs)} ms after the restart`)
  })

  t.test(
    'versions that are compacted away cost a new list, and never an answer from an emptied store',
    { timeout: 60_000 },
    async t => {
      const replicas = replicasOf(kubelet)
      for (const { network } of replicas) await network.freeze()
      // What the frozen replicas miss: one node turns bad, one report and one node are gone, one node is new.
      await writeReport(plane.admin, 'good-1', REPORT_CHANGES.Mixed)
      await deleteReport(plane.admin, 'good-2')
      await plane.admin.delete(nodePath('starting-1'))
      await createNodes(plane.admin, [{ name: 'new-1' }])
      await writeReport(plane.admin, 'new-1')
      await plane.compactEtcd()
      await plane.stopProgram('kube-apiserver', 'SIGKILL')
      await plane.startProgram('kube-apiserver')
      for (const { network } of replicas) await network.thaw()
      const stream = streamBinds(plane.admin, { 'mixed-1': 'deny', 'broken-1': 'deny' }, 2)
      await statesKnown(kubelet, { Mixed: 2, Broken: 1, Unverified: 1, Ready: 2 })
      await answers('good-1', 'deny')
      await answers('new-1', 'allow')
      await answers('starting-1', 'deny')
      const { wrong } = await stream.stop()
      t.strictSame(wrong, [])
      const problems = guardLog(kubelet).map(({ problem }) => String(problem))
      t.ok(
        problems.some(problem => /the API server answered 410 /.test(problem)),
        'their versions were refused',
      )
    },
  )

  t.test(
    'a right that is taken away keeps a new replica from being ready, and it says which',
    { timeout: 90_000 },
    async t => {
      const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/soci-guard'
      const { rules } = await plane.admin.get<ClusterRole>(role)
      await plane.admin.patch(role, { rules: rules.filter(({ resources }) => !resources.includes('nodesnapshotters')) })
      const old = new Set(replicasOf(kubelet).map(({ pod }) => pod.metadata.name))
      succeeded(await plane.kubectl(['-n', GUARD_NAMESPACE, 'rollout', 'restart', 'deployment/soci-guard']))
      const fresh = await waitFor('a new replica', () =>
        replicasOf(kubelet).find(({ pod }) => !old.has(pod.metadata.name)),
      )
      const page = await waitFor('the missing right', async () => {
        const { status, text } = await read(`http://${fresh.network.ip}:8080/readyz`)
        return status === 503 && /FORBIDDEN/.test(text) && text
      })
      t.match(page, MISSING_RIGHT)
      t.equal(await bindOutcome(plane.admin, 'mixed-1'), 'deny', 'the old replicas go on')
      await plane.admin.patch(role, { rules })
      const startMs = performance.now()
      succeeded(await rolloutStatus(plane))
      t.comment(`ready ${Math.round(performance.now() - startMs)} ms after the right was given back`)
      await waitFor('the old replicas to end', () =>
        replicasOf(kubelet).every(({ pod }) => !old.has(pod.metadata.name)),
      )
      await answers('mixed-1', 'deny')
      await answers('new-1', 'allow')
    },
  )

  const silence = async (t: Test, lost: 'everything' | 'data', turned: 'allow' | 'deny', deadlineMs: number) => {
    const silent = []
    for (const { network } of replicasOf(kubelet)) silent.push(await silenceConnections(network, lost))
    t.equal(silent.length, 2)
    for (const { count } of silent) t.ok(count >= KINDS, `${count} connections`)
    const startMs = performance.now()
    await writeReport(plane.admin, 'new-1', turned === 'deny' ? REPORT_CHANGES.Mixed : {})
    await sleep(3_000)
    t.not(await bindOutcome(plane.admin, 'new-1'), turned, 'the change does not come through')
    await answers('new-1', turned, deadlineMs)
    const tookMs = performance.now() - startMs
    t.comment(`found out after ${Math.round(tookMs / 1_000)} s`)
    for (const { end } of silent) await end()
    return tookMs
  }

  t.test('watches over a network that died without a word are found out in seconds', { timeout: 60_000 }, async t => {
    await silence(t, 'everything', 'deny', 30_000)
  })

  t.test(
    'watches that hang while the connection lives are found out after the read deadline',
    { timeout: 120_000 },
    async t => {
      const tookMs = await silence(t, 'data', 'allow', READ_DEADLINE_MS + 15_000)
      t.ok(tookMs > 20_000, 'nothing else found it out')
    },
  )
})

/** Nodes, reports, namespaces and runtime classes; a watch each. */
const KINDS = 4

interface ClusterRole {
  metadata: { name: string }
  rules: { resources: string[] }[]
}

const MISSING_RIGHT =
  /user system:serviceaccount:soci-guard-system:soci-guard may not (list|watch) nodesnapshotters\.soci-guard\.dev; it needs the verbs .*granted by: kubectl create clusterrole/

function read(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, timeout: 2_000 }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => {
        text += part
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text })).once('error', reject)
    }).once('error', reject)
  })
}
