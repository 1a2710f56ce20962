import t from 'tap'
import { nodePath } from './cluster/nodes.ts'
import { waitFor } from './cluster/wait-for.ts'
import { annotationsOf } from './guard/annotations.ts'
import { audited, boundAudit } from './guard/audited.ts'
import { denial, violation } from './guard/expected.ts'
import { configure, readConfiguration, writeConfiguration } from './guard/guard-configuration.ts'
import { logLine } from './guard/guard-log.ts'
import { everyReplica, replicasOf } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { overlayFolder, PROBE_POD } from './guard/install-guard.ts'
import { podObject, podSpec, podsPath } from './guard/pod-object.ts'
import { boundNode } from './guard/scheduling.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(150_000)

const WARNING =
  'node mixed-1 is Mixed (ConfiguredAfterLaunch): replace the node; its images cannot be repaired in place'
const HEADLINE = '4 of 7 eligible nodes are not SOCI-ready'

t.test('modes, from the first install on', { timeout: 140_000 }, async t => {
  const cluster = await startGuardedCluster(t, { overlay: 'audit', folder: testFolder(t, import.meta.url) })
  const { plane, kubelet } = cluster
  const label = (namespace: string, mode: string | null) =>
    plane.admin.patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels: { 'soci-guard.dev/mode': mode } } })
  const makeNamespace = async (name: string, mode?: string) => {
    const labels = mode === undefined ? {} : { 'soci-guard.dev/mode': mode }
    await plane.admin.create('/api/v1/namespaces', { metadata: { name, labels } })
    await waitFor('its ServiceAccount', () => plane.admin.find(`/api/v1/namespaces/${name}/serviceaccounts/default`))
    await plane.admin.create(podsPath(name), podObject(PROBE_POD, { spec: { schedulerName: 'nobody' } }))
  }
  /** What a dry-run bind comes to: the refusal, the warnings, or nothing. */
  const ask = async (namespace: string, node = 'mixed-1') => {
    const { body, warnings } = await plane.admin.dryRunBind(namespace, PROBE_POD, node)
    const { message } = body as { message?: string }
    return message ?? warnings.join('\n')
  }
  const create = (namespace: string, object: unknown, ...more: string[]) =>
    plane.kubectl(['-n', namespace, 'create', '-f', '-', ...more], { input: JSON.stringify(object) })

  t.test('audit lets the scheduler have its way, and leaves a trace in both logs', async t => {
    await plane.admin.create(podsPath(), podObject('watched', { on: 'mixed-1' }))
    t.equal(await boundNode(plane, 'watched'), 'mixed-1')
    const outcome = {
      ...{ decision: 'audit', mode: 'audit', state: 'Mixed', reason: 'ConfiguredAfterLaunch' },
      ...{ node: 'mixed-1', evidence: 'report' },
    }
    const bind = await boundAudit(plane, 'watched')
    t.strictSame(annotationsOf(bind, 'bindings'), outcome)
    t.match(await logLine(kubelet, { webhook: 'bindings', name: 'watched' }), {
      ...{ level: 'info', event: 'review', webhook: 'bindings', user: 'system:kube-scheduler' },
      ...outcome,
      message: violation('mixed-1'),
    })
  })

  t.test('audit says nothing to people, neither of a bind, a placed pod nor a Deployment', async t => {
    t.equal(await ask('default'), '')
    const placed = podObject('placed', { spec: { nodeName: 'mixed-1' } })
    t.strictSame(await create('default', placed), { code: 0, stdout: 'pod/placed created\n', stderr: '' })
    const deployed = await plane.kubectl(['create', 'deployment', 'quiet', '--image=i', '--replicas=0'])
    t.strictSame(deployed, { code: 0, stdout: 'deployment.apps/quiet created\n', stderr: '' })
    const [event] = await audited(plane, { verb: 'create', resource: 'deployments', name: 'quiet' })
    t.match(annotationsOf(event, 'advisory'), { decision: 'audit', mode: 'audit', reason: 'ConfiguredAfterLaunch' })
    t.match(await logLine(kubelet, { webhook: 'advisory', name: 'quiet' }), {
      message: `${HEADLINE}; pods there are only recorded (audit). Mixed (ConfiguredAfterLaunch): mixed-1: replace the node`,
    })
  })

  t.test('a namespace cannot make itself stricter than the configuration', async t => {
    await makeNamespace('eager', 'enforce')
    await steadily('the answer', '', () => ask('eager'))
    t.pass('it is never refused')
  })

  t.test('kubectl apply -k of the enforce overlay turns it on without restarting anything', async t => {
    const before = replicasOf(kubelet).map(({ pod }) => pod.metadata.uid)
    const { stdout, stderr, code } = await plane.kubectl(['apply', '-k', overlayFolder('enforce')])
    t.equal(code, 0, stderr)
    t.strictSame(
      stdout.split('\n').filter(line => line.endsWith(' configured')),
      [
        'configmap/soci-guard configured',
        // The test had scaled it to 0.
        'deployment.apps/soci-guard-controller configured',
        // kubectl always says so of a PodDisruptionBudget.
        'poddisruptionbudget.policy/soci-guard configured',
        'validatingwebhookconfiguration.admissionregistration.k8s.io/soci-guard configured',
      ],
    )
    await steadily('the answer', denial('bindings', 'mixed-1'), () => ask('default'))
    t.strictSame(
      replicasOf(kubelet).map(({ pod }) => pod.metadata.uid),
      before,
    )
    t.match(await logLine(kubelet, { what: 'configuration' }), { level: 'info', msg: 'reloaded' })
  })

  t.test('warn lets it through and tells everybody who asks', async t => {
    await makeNamespace('trial', 'warn')
    await steadily('the answer', WARNING, () => ask('trial'))
    const placed = podObject('placed', { spec: { nodeName: 'mixed-1' } })
    const created = await create('trial', placed)
    t.strictSame(created, { code: 0, stdout: 'pod/placed created\n', stderr: `Warning: ${WARNING}\n` })
    const predicted = await create('trial', podObject('free'), '--dry-run=server')
    t.match(predicted.stderr, `Warning: ${HEADLINE}; pods get a warning there\n`)

    await plane.admin.create(podsPath('trial'), podObject('warned', { on: 'mixed-1' }))
    t.equal(await boundNode(plane, 'warned', 'trial'), 'mixed-1')
    const outcome = { decision: 'warn', mode: 'warn', state: 'Mixed', reason: 'ConfiguredAfterLaunch', node: 'mixed-1' }
    const bind = await boundAudit(plane, 'warned', 'trial')
    t.match(annotationsOf(bind, 'bindings'), outcome)
    t.match(await logLine(kubelet, { webhook: 'bindings', name: 'warned' }), {
      ...outcome,
      message: violation('mixed-1'),
    })
  })

  t.test("a namespace's label acts as soon as it changes", async t => {
    await label('trial', 'audit')
    await steadily('the answer in audit', '', () => ask('trial'))
    await label('trial', 'enforce')
    await steadily('the answer in enforce', denial('bindings', 'mixed-1'), () => ask('trial'))
    await label('trial', 'off')
    await steadily('the answer when off', '', () => ask('trial'))
    await label('trial', 'strict')
    await steadily('the answer with a misspelt label', denial('bindings', 'mixed-1'), () => ask('trial'))
    await label('trial', 'warn')
    await steadily('the answer in warn', WARNING, () => ask('trial'))
    await label('trial', null)
    await steadily('the answer without a label', denial('bindings', 'mixed-1'), () => ask('trial'))
    t.pass('each within seconds')
  })

  t.test('off is silence, also in the audit log', async t => {
    await label('trial', 'off')
    await steadily('the answer when off', '', () => ask('trial', 'broken-1'))
    await plane.admin.create(podsPath('trial'), podObject('unwatched', { on: 'broken-1' }))
    t.equal(await boundNode(plane, 'unwatched', 'trial'), 'broken-1')
    const bind = await boundAudit(plane, 'unwatched', 'trial')
    t.strictSame(annotationsOf(bind, 'bindings'), {
      decision: 'allow',
      mode: 'off',
      node: 'broken-1',
    })
    const created = await create('trial', podObject('free'), '--dry-run=server')
    t.equal(created.stderr, '')
  })

  t.test('the configuration can forbid namespaces their own mode', async t => {
    await configure(cluster, { namespaceModes: false })
    t.equal(await ask('trial'), denial('bindings', 'mixed-1'))
    await configure(cluster, { namespaceModes: true })
    t.equal(await ask('trial'), '')
  })

  t.test('what is only unverified can be let through where a violation is not', async t => {
    await configure(cluster, { unverified: 'warn' })
    t.equal(
      await ask('default', 'starting-1'),
      'node starting-1 is Unverified (AgentStarting): try again in some seconds',
    )
    t.equal(await ask('default'), denial('bindings', 'mixed-1'))
    await configure(cluster, { unverified: 'deny' })
    t.equal(await ask('default', 'starting-1'), denial('bindings', 'starting-1'))
  })

  t.test('a pool has a mode of its own, and a node joins it by its labels', async t => {
    const selector = { matchLabels: { pool: 'lab' } }
    await configure(cluster, { pools: [{ name: 'lab', nodeSelector: selector, mode: 'warn' }] })
    t.equal(await ask('default'), denial('bindings', 'mixed-1'))
    await plane.admin.patch(nodePath('mixed-1'), { metadata: { labels: { pool: 'lab' } } })
    await steadily('the answer in the pool', WARNING, () => ask('default'))
    const free = await create('default', podObject('free', { spec: podSpec() }), '--dry-run=server')
    t.match(free.stderr, `Warning: ${HEADLINE}; pods are refused on 3 of them\n`)
    await configure(cluster, { pools: [] })
    t.equal(await ask('default'), denial('bindings', 'mixed-1'))
  })

  t.test('a wrong edit changes nothing, is counted and is explained in the log', async t => {
    const good = await readConfiguration(cluster)
    await writeConfiguration(cluster, 'kind: GuardConfiguration\nmode: strict\n', 'failure')
    t.equal(await ask('default'), denial('bindings', 'mixed-1'))
    const line = await logLine(kubelet, { level: 'error', what: 'configuration' })
    t.match(JSON.stringify(line), /mode: expected one of enforce, warn, audit, off; found \\"strict\\"/)
    await writeConfiguration(cluster, JSON.stringify({ ...good, mode: 'warn' }), 'success')
    await everyReplica(kubelet, 'readiness', samples => samples.has('soci_guard_outage'))
    t.equal(await ask('default'), WARNING)
    t.strictSame(kubelet.problems, [])
  })
})
