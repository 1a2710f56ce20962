import t, { type Test } from 'tap'
import { makeHostFolders } from './agent/host-folders.ts'
import type { KubernetesObject } from './cluster/kubernetes-object.ts'
import { createNodes } from './cluster/nodes.ts'
import { REPORTS, reportObject, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { allKinds, allObjects } from './guard/all-objects.ts'
import { guardImages } from './guard/guard-image.ts'
import { logLine } from './guard/guard-log.ts'
import { podsOf, replicasOf, statesKnown } from './guard/guard-metrics.ts'
import { GUARD_NAMESPACE, overlayFolder, rolloutStatus, succeeded } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { runGuard } from './guard/run-guard.ts'
import { testFolder } from './guard/test-folder.ts'
import { KUBELET_NODE, startTestCluster } from './test-cluster.ts'

t.setTimeout(180_000)

const SERVICE_ACCOUNT = `system:serviceaccount:${GUARD_NAMESPACE}:soci-guard`
const AGENTS_ACCOUNT = `${SERVICE_ACCOUNT}-agent`

t.test('from nothing to a guarded cluster and back', { timeout: 170_000 }, async t => {
  const folder = testFolder(t, import.meta.url)
  // A node without containerd's socket, wherever this runs.
  makeHostFolders()
  const cluster = await startTestCluster(t, { images: await guardImages(folder), folder })
  const { plane, kubelet } = cluster
  const kindsBefore = await allKinds(plane)
  const objectsBefore = await allObjects(plane)

  t.test('kubectl apply -k makes everything in one go', async t => {
    const { code, stdout, stderr } = await plane.kubectl(['apply', '-k', overlayFolder('audit')])
    t.equal(code, 0)
    t.equal(stderr, '')
    t.strictSame(lines(stdout), OBJECTS.map(object => `${object} created`).sort())
  })

  t.test('nothing else is needed: the controller makes the certificates, and nobody waits for the guard', async t => {
    await plane.admin.create(podsPath(), podObject('early', { spec: { nodeName: KUBELET_NODE } }))
    const startedMs = performance.now()
    const rollout = await rolloutStatus(plane)
    t.equal(rollout.code, 0, rollout.stderr)
    t.match(rollout.stdout, /deployment "soci-guard" successfully rolled out\n$/)
    t.comment(`rolled out after ${Math.round(performance.now() - startedMs)} ms`)
    t.equal(replicasOf(kubelet).length, 2)
    const { webhooks } = await plane.admin.get<WebhookConfiguration>(WEBHOOKS)
    t.equal(webhooks.length, 3)
    t.ok(webhooks.every(({ clientConfig }) => clientConfig.caBundle))
  })

  t.test('kubectl apply -k again changes nothing, and leaves the certificates alone', t => appliesInVain(t))

  t.test('an agent without a containerd says so, and that nothing is verified', async t => {
    const report = await waitFor('a report', () => plane.admin.find<{ spec: unknown }>(`${REPORTS}/${KUBELET_NODE}`))
    t.match(report.spec, { verified: false, defaultSnapshotter: { name: '' } })
    const said = /"why":"[^"]*containerd\.sock[^"]*","msg":"containerd cannot be reached; it is tried again"/
    t.ok(await waitFor('its words', () => said.test(podsOf(kubelet, 'agent')[0]?.logs('agent') ?? '')))
  })

  t.test('new certificates reach the running replicas', async t => {
    await plane.admin.delete(`/api/v1/namespaces/${GUARD_NAMESPACE}/secrets/soci-guard-tls`)
    await logLine(kubelet, { what: 'certificate', msg: 'reloaded' })
    t.ok(replicasOf(kubelet).every(({ keepers }) => keepers[0]?.state.restartCount === 0))
  })

  t.test('webhook and agent may do what they need and nothing more', async t => {
    t.strictSame(await rightsOf(SERVICE_ACCOUNT, 'default'), [
      'namespaces [list watch]',
      'nodes [get list watch]',
      'nodesnapshotters.soci-guard.dev [list watch]',
      'pods [get]',
      'runtimeclasses.node.k8s.io [list watch]',
    ])
    t.strictSame(await rightsOf(AGENTS_ACCOUNT, 'default'), [
      'nodes [get]',
      'nodesnapshotters.soci-guard.dev [get create patch]',
    ])
    for (const account of [SERVICE_ACCOUNT, AGENTS_ACCOUNT])
      t.strictSame(await rightsOf(account, GUARD_NAMESPACE), await rightsOf(account, 'default'))
  })

  t.test('kubectl get nsnap is a table worth reading', async t => {
    await createNodes(plane.admin, [{ name: 'node-a' }])
    await writeReport(plane.admin, 'node-a')
    await statesKnown(kubelet, { Ready: 1, Unverified: 1 })
    const { stdout } = await plane.kubectl(['get', 'nsnap'])
    const [header, ...rows] = stdout.split('\n').map(line => line.split(/ {2,}/))
    const row = rows.find(([name]) => name === 'node-a')
    t.strictSame(header, ['NAME', 'DEFAULT', 'CONTAINERS', 'MIXED', 'VERIFIED', 'CONTAINERD', 'BOOT', 'AGE'])
    t.strictSame(row?.slice(0, 5), ['node-a', 'soci', '{"soci":12}', 'true', '2.1.9'])
  })

  t.test('a report that cannot be one is refused, with the field', async t => {
    const { uid = '' } = (await plane.admin.get('/api/v1/nodes/node-a')).metadata
    const node = { name: 'node-a', uid, bootID: 'boot-node-a' }
    const refusals = [
      {
        change: { sequence: 0 },
        want: /: spec\.sequence: Invalid value: must not go back while the agent's pod, the boot and the Node are the same$/,
      },
      { change: { verified: 'yes' }, want: /spec\.verified: .*expected boolean/ },
      { change: { bootID: '' }, want: /spec\.bootID: .*should be at least 1 chars long/ },
    ]
    for (const { change, want } of refusals) {
      const path = `${REPORTS}/node-a?fieldManager=soci-guard-agent&force=true`
      const { status, body } = await plane.admin.send('PATCH', path, reportObject(node, change), APPLY)
      t.match({ status, message: (body as { message: string }).message }, { message: want })
      t.not(status, 200)
    }
  })

  t.test('kubectl delete -k leaves nothing behind', { timeout: 80_000 }, async t => {
    const guard = replicasOf(kubelet)
    const removed = await plane.kubectl(['delete', '-k', overlayFolder('audit')], { timeoutMs: 60_000 })
    t.equal(removed.code, 0, removed.stderr)
    t.strictSame(lines(removed.stdout), OBJECTS.map(object => deletedLine(object)).sort())
    for (const replica of guard) t.match(replica.logs('soci-guard'), /"msg":"stopped"/)

    await plane.admin.delete(`${podsPath()}/early`)
    await plane.admin.delete('/api/v1/nodes/node-a')
    await waitFor('the kinds to be as before', async () => (await allKinds(plane)).join() === kindsBefore.join())
    t.strictSame(await allObjects(plane), objectsBefore)
    // Volumes that are brought up to date while their ConfigMap or Secret goes, as on any node.
    t.strictSame(
      kubelet.problems.filter(problem => !GOES.test(problem)),
      [],
    )
  })

  t.test(
    'with server-side apply, and a controller that leaves them alone, certificates can come through kubectl too',
    async t => {
      const apply = (...more: string[]) =>
        plane.kubectl(['apply', '--server-side', '-k', overlayFolder('enforce'), ...more])
      const first = await apply()
      t.equal(first.code, 0, first.stderr)
      const controller = 'deployment/soci-guard-controller'
      const inNamespace = ['-n', GUARD_NAMESPACE]
      succeeded(await plane.kubectl([...inNamespace, 'set', 'env', controller, 'SOCI_GUARD_CERTIFICATES=external']))
      const status = ['rollout', 'status', controller, '--timeout=60s']
      succeeded(await plane.kubectl([...inNamespace, ...status], { timeoutMs: 65_000 }))
      const printed = await runGuard(plane, ['certs', '--service', 'soci-guard'])
      const piped = ['apply', '--server-side', '--field-manager=soci-guard-certs', '--force-conflicts', '-f', '-']
      t.strictSame(await plane.kubectl(piped, { input: printed.stdout }), {
        code: 0,
        stdout:
          'validatingwebhookconfiguration.admissionregistration.k8s.io/soci-guard serverside-applied\nsecret/soci-guard-tls serverside-applied\n',
        stderr: '',
      })
      const before = await versions()
      const again = await apply()
      t.equal(again.code, 0, again.stderr)
      t.strictSame(await versions(), before)
      const { webhooks } = await plane.admin.get<WebhookConfiguration>(WEBHOOKS)
      t.ok(webhooks.every(({ clientConfig, failurePolicy, rules }) => clientConfig.caBundle && failurePolicy && rules))
      t.equal((await rolloutStatus(plane)).code, 0)
    },
  )

  /** Applies the overlay once more; kubectl always says `configured` of a PodDisruptionBudget, since it replaces the selector whole. */
  async function appliesInVain(t: Test) {
    const before = await versions()
    const { code, stdout, stderr } = await plane.kubectl(['apply', '-k', overlayFolder('audit')])
    t.equal(code, 0)
    t.equal(stderr, '')
    const said = (object: string) => (object.startsWith('poddisruptionbudget') ? 'configured' : 'unchanged')
    t.strictSame(lines(stdout), OBJECTS.map(object => `${object} ${said(object)}`).sort())
    t.strictSame(await versions(), before)
  }

  /** What a ServiceAccount may do in a namespace beyond what every ServiceAccount may. */
  async function rightsOf(user: string, namespace: string) {
    const list = async (as: string) =>
      rightsIn(succeeded(await plane.kubectl(['auth', 'can-i', '--list', '-n', namespace, `--as=${as}`])).stdout)
    const everybodys = new Set(await list('system:serviceaccount:default:default'))
    return (await list(user)).filter(right => !everybodys.has(right)).sort()
  }

  /** Everything that changes when somebody writes one of our objects, and not when a controller reports its status. */
  async function versions() {
    const { stdout } = await plane.kubectl(['get', '-k', overlayFolder('audit'), '-o', 'json'])
    const { items } = JSON.parse(stdout) as { items: (KubernetesObject & { kind: string })[] }
    return items.map(({ kind, metadata: { name, generation, resourceVersion } }) =>
      [kind, name, HAS_STATUS.has(kind) ? generation : resourceVersion].join(' '),
    )
  }
})

interface WebhookConfiguration {
  metadata: { name: string }
  webhooks: { clientConfig: { caBundle?: string }; failurePolicy?: string; rules?: unknown[] }[]
}

/** What the kubelet says of an object that a test deleted. */
const GOES = /^(configmap "soci-guard"|secret "soci-guard-tls") not found$/

const HAS_STATUS = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'Deployment',
  'DaemonSet',
  'PodDisruptionBudget',
  'ResourceQuota',
  'ValidatingAdmissionPolicy',
])

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/soci-guard'
const APPLY = 'application/apply-patch+yaml'

/** All that an overlay makes, as kubectl names it. */
const OBJECTS = [
  'namespace/soci-guard-system',
  'customresourcedefinition.apiextensions.k8s.io/nodesnapshotters.soci-guard.dev',
  'customresourcedefinition.apiextensions.k8s.io/blockednodes.soci-guard.dev',
  'serviceaccount/soci-guard',
  'serviceaccount/soci-guard-agent',
  'serviceaccount/soci-guard-controller',
  'clusterrole.rbac.authorization.k8s.io/soci-guard',
  'role.rbac.authorization.k8s.io/soci-guard-certificates',
  'role.rbac.authorization.k8s.io/soci-guard-controller',
  'role.rbac.authorization.k8s.io/soci-guard-pod-audit',
  'rolebinding.rbac.authorization.k8s.io/soci-guard-certificates',
  'rolebinding.rbac.authorization.k8s.io/soci-guard-controller',
  'rolebinding.rbac.authorization.k8s.io/soci-guard-pod-audit',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-agent',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-blocked-nodes',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-certificates',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-controller',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-pod-audit',
  'clusterrole.rbac.authorization.k8s.io/soci-guard-viewer',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard-agent',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard-blocked-nodes',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard-certificates',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard-controller',
  'clusterrolebinding.rbac.authorization.k8s.io/soci-guard-pod-audit',
  'configmap/soci-guard',
  'resourcequota/soci-guard-critical-pods',
  'resourcequota/soci-guard-node-critical-pods',
  'service/soci-guard',
  'deployment.apps/soci-guard',
  'daemonset.apps/soci-guard-agent',
  'deployment.apps/soci-guard-controller',
  'poddisruptionbudget.policy/soci-guard',
  'validatingadmissionpolicy.admissionregistration.k8s.io/soci-guard-agent-own-node',
  'validatingadmissionpolicybinding.admissionregistration.k8s.io/soci-guard-agent-own-node',
  'validatingwebhookconfiguration.admissionregistration.k8s.io/soci-guard',
]

const NAMESPACED =
  /^(serviceaccount|role\.rbac\.authorization\.k8s\.io|rolebinding\.rbac\.authorization\.k8s\.io|configmap|resourcequota|service|deployment\.apps|daemonset\.apps|poddisruptionbudget\.policy)\//

/** kubectl quotes the name when it deletes, and adds the namespace. */
function deletedLine(object: string): string {
  const [kind, name] = object.split('/')
  return `${kind} "${name}" deleted${NAMESPACED.test(object) ? ` from ${GUARD_NAMESPACE} namespace` : ''}`
}

function lines(text: string): string[] {
  return text.trimEnd().split('\n').sort()
}

/** The resources and verbs in the table of `kubectl auth can-i --list`. */
function rightsIn(table: string): string[] {
  const rows = table
    .split('\n')
    .slice(1)
    .filter(line => line !== '')
  return rows.map(line => {
    const [resource, urls, , verbs] = line.split(/ {2,}/)
    return `${resource || urls} ${verbs}`
  })
}
