import t from 'tap'
import { type Identity, userIdentity } from './cluster/identity.ts'
import { createNodes } from './cluster/nodes.ts'
import { writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { annotationsOf } from './guard/annotations.ts'
import { audited, boundAudit } from './guard/audited.ts'
import { denial } from './guard/expected.ts'
import { configure } from './guard/guard-configuration.ts'
import { logLine } from './guard/guard-log.ts'
import { statesKnown } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, PROBE_POD } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { boundNode, notScheduled } from './guard/scheduling.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(150_000)

t.test('who is never judged', { timeout: 140_000 }, async t => {
  const cluster = await startGuardedCluster(t, { overlay: 'enforce', folder: testFolder(t, import.meta.url) })
  const { plane, kubelet } = cluster
  const exempt = (exemptions: Record<string, unknown>) => configure(cluster, { exemptions })
  const makeNamespace = async (name: string) => {
    await plane.admin.create('/api/v1/namespaces', { metadata: { name } })
    await waitFor('its ServiceAccount', () => plane.admin.find(`/api/v1/namespaces/${name}/serviceaccounts/default`))
  }
  const judgedBind = async (pod: string, namespace = 'default') =>
    annotationsOf(await boundAudit(plane, pod, namespace), 'bindings')
  /** Creates a pod on mixed-1 as somebody and gives the refusal, or '' when it was taken. */
  const placeAs = async (identity: Identity, name: string) => {
    const client = plane.api(identity)
    const pod = podObject(name, { spec: { nodeName: 'mixed-1' } })
    const { body } = await client.send('POST', `${podsPath()}?dryRun=All`, pod)
    return (body as { message?: string }).message ?? ''
  }

  t.test('kube-system and our own namespace are not even asked about', async t => {
    for (const namespace of ['kube-system', GUARD_NAMESPACE]) {
      const pod = podObject('system', { spec: { ...RESTRICTED, schedulerName: 'nobody' } })
      await waitFor('ServiceAccount', () => plane.admin.find(`/api/v1/namespaces/${namespace}/serviceaccounts/default`))
      await plane.admin.create(podsPath(namespace), pod)
      t.equal((await plane.admin.bind(namespace, 'system', 'mixed-1')).status, 201)
      t.equal(await judgedBind('system', namespace), undefined)
    }
  })

  t.test('an exempt namespace gets pods anywhere, and the audit log says by what', async t => {
    await makeNamespace('legacy')
    await plane.admin.create(podsPath('legacy'), podObject('old', { on: 'mixed-1' }))
    t.equal((await notScheduled(plane, 'old', 'legacy')).reason, 'SchedulerError')
    await exempt({ namespaces: ['legacy'] })
    t.equal(await boundNode(plane, 'old', 'legacy'), 'mixed-1')
    t.strictSame(await judgedBind('old', 'legacy'), { decision: 'allow', exempt: 'namespace' })
    await exempt({ namespaces: [] })
  })

  t.test('an exempt user or group places pods anywhere, and nobody else does', async t => {
    await grantAll('User', 'deployer', 'bystander')
    const deployer = userIdentity(plane.files.authority, 'deployer', ['platform'])
    const bystander = userIdentity(plane.files.authority, 'bystander', ['product'])
    t.equal(await placeAs(deployer, 'd1'), denial('pods', 'mixed-1'))
    await exempt({ users: ['deployer'] })
    t.equal(await placeAs(deployer, 'd2'), '')
    t.equal(await placeAs(bystander, 'b2'), denial('pods', 'mixed-1'))
    await exempt({ groups: ['platform'] })
    t.equal(await placeAs(deployer, 'd3'), '')
    t.equal(await placeAs(bystander, 'b3'), denial('pods', 'mixed-1'))
    await exempt({})
    t.equal(await placeAs(deployer, 'd4'), denial('pods', 'mixed-1'))
    const placed = await audited(plane, { verb: 'create', resource: 'pods', user: 'deployer', code: 201 }, 2)
    const allowed = placed.map(event => annotationsOf(event, 'pods')?.exempt)
    t.strictSame(allowed, ['user', 'group'])
  })

  t.test('a pod with an exempt runtime class is read when it is bound', { timeout: 40_000 }, async t => {
    for (const [name, handler] of Object.entries({ sandboxed: 'kata', plain: 'runc' }))
      await plane.admin.create('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name }, handler })
    await exempt({ runtimeClasses: ['sandboxed'] })
    for (const runtimeClassName of ['sandboxed', 'plain'])
      await plane.admin.create(
        podsPath(),
        podObject(`in-${runtimeClassName}`, { on: 'mixed-1', spec: { runtimeClassName } }),
      )
    t.equal(await boundNode(plane, 'in-sandboxed'), 'mixed-1')
    t.match(await judgedBind('in-sandboxed'), { decision: 'allow', exempt: 'runtimeClass', node: 'mixed-1' })
    t.match(await notScheduled(plane, 'in-plain'), {
      message: `running Bind plugin "DefaultBinder": ${denial('bindings', 'mixed-1')}`,
    })
  })

  t.test('a pod selector takes effect while pods wait', { timeout: 40_000 }, async t => {
    const labels = { 'soci-guard.dev/ignore': 'yes' }
    await plane.admin.create(podsPath(), podObject('chosen', { on: 'mixed-1', labels }))
    await plane.admin.create(podsPath(), podObject('unchosen', { on: 'mixed-1' }))
    for (const name of ['chosen', 'unchosen']) t.equal((await notScheduled(plane, name)).reason, 'SchedulerError')
    await exempt({ podSelector: { matchLabels: labels } })
    t.equal(await boundNode(plane, 'chosen'), 'mixed-1')
    t.strictSame(await judgedBind('chosen'), { decision: 'allow', node: 'mixed-1', exempt: 'podSelector' })
    t.equal((await plane.admin.dryRunBind('default', PROBE_POD, 'mixed-1')).status, 403)
    const predicted = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify(podObject('predicted', { on: 'mixed-1', labels })),
    })
    t.strictSame(predicted, { code: 0, stdout: 'pod/predicted created (server dry run)\n', stderr: '' })
  })

  t.test('without the right to read pods the refusal stands, and says what is missing', async t => {
    const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/soci-guard'
    const { rules } = await plane.admin.get<{ metadata: { name: string }; rules: { resources: string[] }[] }>(role)
    await plane.admin.patch(role, { rules: rules.filter(({ resources }) => !resources.includes('pods')) })
    const want =
      /^admission webhook "bindings\.soci-guard\.dev" denied the request: node mixed-1 is Mixed \(ConfiguredAfterLaunch\), and pod probe could not be read for its exemptions \(.*pods.*\): 1 container/
    const refusal = await waitFor('the refusal', async () => {
      const { body } = await plane.admin.dryRunBind('default', PROBE_POD, 'mixed-1')
      const { message = '' } = body as { message?: string }
      return want.test(message) && message
    })
    t.comment(refusal)
    await plane.admin.patch(role, { rules })
    await steadily('the refusal', denial('bindings', 'mixed-1'), async () => {
      const { body } = await plane.admin.dryRunBind('default', PROBE_POD, 'mixed-1')
      return (body as { message?: string }).message ?? ''
    })
    await exempt({})
  })

  t.test('a runtime class whose handler uses another snapshotter is refused on a Ready node', async t => {
    await createNodes(plane.admin, [{ name: 'kata-1' }])
    const runtimeHandlers = [
      { name: 'runc', snapshotter: '' },
      { name: 'kata', snapshotter: 'devmapper' },
    ]
    await writeReport(plane.admin, 'kata-1', { runtimeHandlers })
    await statesKnown(kubelet, { Ready: 4 })
    for (const runtimeClassName of ['sandboxed', 'plain'])
      await plane.admin.create(
        podsPath(),
        podObject(`${runtimeClassName}-2`, { on: 'kata-1', spec: { runtimeClassName } }),
      )
    t.equal(await boundNode(plane, 'plain-2'), 'kata-1')
    t.match(await notScheduled(plane, 'sandboxed-2'), {
      message:
        'running Bind plugin "DefaultBinder": admission webhook "bindings.soci-guard.dev" denied the request: node kata-1 is Ready, but not for this pod (RuntimeHandlerUsesOtherSnapshotter): RuntimeClass sandboxed has the handler kata, which uses snapshotter devmapper and not soci. Use a RuntimeClass whose handler uses soci.',
    })
    t.match(await logLine(kubelet, { webhook: 'bindings', name: 'sandboxed-2' }), {
      reason: 'RuntimeHandlerUsesOtherSnapshotter',
    })
    t.strictSame(kubelet.problems, [])
  })

  /** Lets users do everything, as far as RBAC goes. */
  async function grantAll(kind: 'User', ...names: string[]) {
    const apiGroup = 'rbac.authorization.k8s.io'
    await plane.admin.create(`/apis/${apiGroup}/v1/clusterrolebindings`, {
      metadata: { name: 'everything' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: names.map(name => ({ apiGroup, kind, name })),
    })
  }
})

/** What the Pod Security Standard of our own namespace asks of a pod. */
const RESTRICTED = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      ...{ name: 'app', image: 'registry.test/app:1' },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
}
