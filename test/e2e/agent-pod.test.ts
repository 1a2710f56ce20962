// The DaemonSet as it is, on a real control plane: the pod that its controller makes, with the token, the mounts and the user of the
// manifest, over a containerd that answers what a real one answered.
import t from 'tap'
import { readCapture } from '../support/captures.ts'
import { startFakeContainerd } from '../support/fake-containerd.ts'
import { makeHostFolders } from './agent/host-folders.ts'
import { nodePath } from './cluster/nodes.ts'
import { REPORTS } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { guardImages } from './guard/guard-image.ts'
import { podsOf } from './guard/guard-metrics.ts'
import { GUARD_NAMESPACE, overlayFolder, succeeded } from './guard/install-guard.ts'
import { AGENT_LABEL, keepAgentOnLabel } from './guard/keep-guard-on-kubelet.ts'
import { KUBELET_NODE, startTestCluster } from './test-cluster.ts'

const folder = process.env.SOCI_GUARD_E2E_FOLDER ?? t.testdir()
t.setTimeout(240_000)

interface Report {
  readonly metadata: { readonly resourceVersion: string }
  readonly spec: {
    readonly verified: boolean
    readonly sequence: number
    readonly nodeUID: string
    readonly defaultSnapshotter: { readonly name: string }
    readonly mixed?: { readonly reason: string }
  }
}

t.test('the agent as the manifests start it', { timeout: 200_000 }, async t => {
  const { socket } = makeHostFolders()
  let containerd = await startFakeContainerd(socket, readCapture('2.1.9/a1-soci-from-launch'))
  t.teardown(() => containerd.stop())
  const { plane, kubelet } = await startTestCluster(t, { images: await guardImages(folder), folder })
  await keepAgentOnLabel(plane.admin)
  succeeded(await plane.kubectl(['apply', '-k', overlayFolder('audit')]))
  const find = (): Promise<Report | undefined> => plane.admin.find<Report>(`${REPORTS}/${KUBELET_NODE}`)
  const verified = (what: string, holds: (report: Report) => boolean = () => true): Promise<Report> =>
    waitFor(what, async () => {
      const report = await find()
      return report?.spec.verified === true && holds(report) && report
    })

  await t.test('runs where it should, and reports', async t => {
    await plane.admin.patch(nodePath(KUBELET_NODE), { metadata: { labels: { [AGENT_LABEL]: 'true' } } })
    const report = await verified('a verified report').catch(error => {
      const logs = [...kubelet.pods.values()].map(pod => pod.logs('agent'))
      throw new Error([error.message, ...kubelet.problems, ...logs].join('\n'))
    })
    const { metadata } = await plane.admin.get<{ metadata: { uid: string } }>(nodePath(KUBELET_NODE))
    t.match(report.spec, { nodeUID: metadata.uid, defaultSnapshotter: { name: 'soci' } })
    const rollout = await plane.kubectl([
      '-n',
      GUARD_NAMESPACE,
      'rollout',
      'status',
      'daemonset/soci-guard-agent',
      '--timeout=30s',
    ])
    t.equal(rollout.code, 0, rollout.stderr)
  })

  await t.test('its metrics are there, and it is small', async t => {
    const [agent] = podsOf(kubelet, 'agent')
    const page = await (await fetch(`http://${agent?.network.ip}:8080/metrics`)).text()
    t.match(page, /^soci_guard_agent_verified 1$/m)
    const residentMB = Number(/^process_resident_memory_bytes (\d+)$/m.exec(page)?.[1]) / 1e6
    t.comment(`${Math.round(residentMB)} MB resident`)
    t.ok(residentMB < 80)
  })

  await t.test('a containerd that goes is told at once, and one that comes', async t => {
    await containerd.stop()
    const startMs = performance.now()
    await waitFor('the retraction', async () => (await find())?.spec.verified === false, { everyMs: 5 })
    const tookMs = Math.round(performance.now() - startMs)
    t.comment(`retracted within ${tookMs} ms`)
    t.ok(tookMs < 1000)
    containerd = await startFakeContainerd(socket, readCapture('2.1.9-discard/d2-after-switch'))
    const report = await verified('the mixed state', ({ spec }) => spec.mixed !== undefined)
    t.equal(report.spec.mixed?.reason, 'RevertedFromExpected')
  })

  await t.test('a pod that is replaced goes on with the numbers and the latch', async t => {
    const before = await verified('a report')
    succeeded(
      await plane.kubectl([
        '-n',
        GUARD_NAMESPACE,
        'delete',
        'pod',
        '-l',
        'app.kubernetes.io/component=agent',
        '--wait=false',
      ]),
    )
    const after = await verified('the next agent', ({ spec }) => spec.sequence > before.spec.sequence + 1)
    t.strictSame(after.spec.mixed, before.spec.mixed)
  })

  // The webhook waits for a certificate, which nobody has made here.
  t.strictSame(
    kubelet.problems.filter(problem => !problem.includes('soci-guard-tls')),
    [],
  )
})
