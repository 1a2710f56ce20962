import t from 'tap'
import { readAuditLog } from './cluster/audit-log.ts'
import { waitFor } from './cluster/wait-for.ts'
import { type BindOutcome, bindOutcome } from './faults/bind-outcome.ts'
import { breakGlassCommand } from './faults/break-glass.ts'
import { setFailurePolicy } from './faults/failure-policy.ts'
import { scaleGuard } from './faults/scale-guard.ts'
import { replicasOf } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { applyCertificates, overlayFolder, PROBE_POD, succeeded } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(200_000)

t.test('when the webhook does not answer', { timeout: 190_000 }, async t => {
  const cluster = await startGuardedCluster(t, { overlay: 'enforce', folder: testFolder(t, import.meta.url) })
  const { plane, kubelet } = cluster
  const bind = (node: string) => bindOutcome(plane.admin, node)
  const both = async () => [await bind('good-1'), await bind('mixed-1')]
  const bothAre = (good: BindOutcome, mixed: BindOutcome) => (outcomes: BindOutcome[]) =>
    outcomes[0] === good && outcomes[1] === mixed
  const settled = (what: string, holds: (outcomes: BindOutcome[]) => boolean, deadlineMs = 30_000) =>
    waitFor(what, async () => holds(await both()), { deadlineMs })
  const lastBind = () =>
    readAuditLog(plane.files.auditLog, ({ objectRef }) => objectRef?.subresource === 'binding').at(-1)

  t.test('two frozen replicas under Fail refuse in seconds, and nothing is let through', async t => {
    for (const replica of replicasOf(kubelet)) await replica.network.freeze()
    const startMs = performance.now()
    const outcomes = await Promise.all([bind('good-1'), bind('mixed-1')])
    const tookMs = performance.now() - startMs
    for (const outcome of outcomes)
      t.match(outcome, { failure: /^500 Internal error occurred: failed calling webhook "bindings\.soci-guard\.dev"/ })
    t.ok(tookMs < 8_000, `${Math.round(tookMs)} ms`)
  })

  t.test(
    'frozen replicas under Ignore hold a bind up for its timeout and no longer, and the audit log tells of it',
    async t => {
      await setFailurePolicy(plane.admin, 'Ignore')
      let slowestMs = 0
      await waitFor('Ignore', async () => {
        const startMs = performance.now()
        const outcomes = await Promise.all([bind('good-1'), bind('mixed-1')])
        slowestMs = Math.max(slowestMs, performance.now() - startMs)
        return bothAre('allow', 'allow')(outcomes)
      })
      t.ok(slowestMs < 8_000, `${Math.round(slowestMs)} ms`)
      t.match(lastBind()?.annotations, FAILED_OPEN)
    },
  )

  t.test('thawed replicas answer again by themselves', async t => {
    for (const replica of replicasOf(kubelet)) await replica.network.thaw()
    const startMs = performance.now()
    await settled('the right answers', bothAre('allow', 'deny'), 60_000)
    t.comment(`after ${Math.round(performance.now() - startMs)} ms`)
  })

  t.test('without a replica Ignore lets everything through at once', async t => {
    await scaleGuard(cluster, 0)
    await settled('no endpoint', bothAre('allow', 'allow'))
    const startMs = performance.now()
    t.strictSame(await both(), ['allow', 'allow'])
    // A webhook that is waited for takes five seconds.
    t.ok(performance.now() - startMs < 4_000)
  })

  t.test('without a replica Fail refuses every placement but those of excluded namespaces', async t => {
    await setFailurePolicy(plane.admin, 'Fail')
    const [outcome] = await waitFor('Fail', async () => {
      const outcomes = await both()
      return outcomes.every(found => typeof found === 'object') && outcomes
    })
    t.match(outcome, { failure: /failed calling webhook "bindings\.soci-guard\.dev".*soci-guard/ })
    const pods = podsPath('kube-system')
    await plane.admin.create(
      pods,
      podObject('critical', { namespace: 'kube-system', spec: { schedulerName: 'nobody' } }),
    )
    t.equal((await plane.admin.bind('kube-system', 'critical', 'mixed-1', '?dryRun=All')).status, 201)
    const placed = await plane.admin.send('POST', podsPath(), podObject('direct', { spec: { nodeName: 'good-1' } }))
    t.match(placed, { status: 500, body: { message: /failed calling webhook "pods\.soci-guard\.dev"/ } })
    const unplaced = await plane.admin.send(
      'POST',
      podsPath(),
      podObject('unplaced', { spec: { schedulerName: 'nobody' } }),
    )
    t.equal(unplaced.status, 201, 'only the placing of pods waits')
  })

  t.test('the line of the documentation that breaks the glass lets pods be placed again', async t => {
    const command = breakGlassCommand()
    t.comment(`kubectl ${command.join(' ')}`)
    succeeded(await plane.kubectl(command))
    await settled('the placing of pods', bothAre('allow', 'allow'), 10_000)
  })

  t.test('the manifests applied again repair it, though no replica runs when Fail comes back', async () => {
    succeeded(await plane.kubectl(['apply', '-k', overlayFolder('enforce')]))
    succeeded(await applyCertificates(plane))
    // Whether Fail acts before the replicas answer is a race; that they come back at all is what must not depend on it.
    await scaleGuard(cluster, 2)
    await settled('the right answers', bothAre('allow', 'deny'))
    await steadily('the answer about a mixed node', 'deny', () => bind('mixed-1'))
    await steadily('the answer about a good node', 'allow', () => bind('good-1'))
  })

  t.test('nothing went wrong beside the tests', async t => {
    t.ok(await plane.admin.find(`${podsPath()}/${PROBE_POD}`))
    t.strictSame(kubelet.problems, [])
  })
})

/** The annotation by which the API server tells that a webhook was passed over. */
const FAILED_OPEN = { 'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'bindings.soci-guard.dev' }
