import t from 'tap'
import type { ControlPlane } from './cluster/control-plane.ts'
import { createNodes, nodePath } from './cluster/nodes.ts'
import { deleteReport, REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { annotationsOf } from './guard/annotations.ts'
import { boundAudit, refusedAudit } from './guard/audited.ts'
import { BAD_NODES, denial, VERDICTS, violation } from './guard/expected.ts'
import { logLine } from './guard/guard-log.ts'
import { everyReplica, statesKnown } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { PROBE_POD } from './guard/install-guard.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { boundNode, eventAbout, notScheduled } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'
import { KUBELET_NODE } from './test-cluster.ts'

t.setTimeout(150_000)

t.test('bindings in enforce mode', { timeout: 140_000 }, async t => {
  const cluster = await startGuardedCluster(t, { overlay: 'enforce', folder: testFolder(t, import.meta.url) })
  const { plane, kubelet } = cluster
  const pods = podsPath()

  t.test('the scheduler binds a pod to a Ready node, and the audit log says why it could', async t => {
    await plane.admin.create(pods, podObject('fine', { on: 'good-1' }))
    t.equal(await boundNode(plane, 'fine'), 'good-1')
    const bind = await boundAudit(plane, 'fine')
    t.equal(bind.user.username, 'system:kube-scheduler')
    t.equal(bind.responseStatus?.code, 201)
    t.strictSame(annotationsOf(bind, 'bindings'), {
      decision: 'allow',
      mode: 'enforce',
      state: 'Ready',
      node: 'good-1',
      evidence: 'report',
    })
  })

  t.test('the scheduler is refused every node that is not Ready, and everybody is told why', async t => {
    for (const node of BAD_NODES) await plane.admin.create(pods, podObject(`onto-${node}`, { on: node }))
    for (const node of BAD_NODES) {
      t.test(`a person who describes the pod sees that ${node} is ${VERDICTS[node].state}`, async t => {
        const message = `running Bind plugin "DefaultBinder": ${denial('bindings', node)}`
        const event = await eventAbout(plane, 'Pod', `onto-${node}`, 'FailedScheduling')
        t.match(event, { type: 'Warning', message })
        t.match(await notScheduled(plane, `onto-${node}`), { status: 'False', reason: 'SchedulerError', message })
      })

      t.test(`the audit log and our log name ${node} and the reason`, async t => {
        const { state, reason } = VERDICTS[node]
        const bind = await refusedAudit(plane, `onto-${node}`)
        t.equal(bind.user.username, 'system:kube-scheduler')
        t.match(bind.responseStatus, { code: 403, reason: 'Forbidden', message: denial('bindings', node) })
        const outcome = { decision: 'deny', mode: 'enforce', state, reason, node, evidence: 'report' }
        t.strictSame(annotationsOf(bind, 'bindings'), outcome)
        t.match(await logLine(kubelet, { webhook: 'bindings', name: `onto-${node}` }), {
          ...{ level: 'info', msg: 'review', event: 'review', webhook: 'bindings', user: 'system:kube-scheduler' },
          ...{ operation: 'CREATE', resource: 'pods/binding', namespace: 'default', dryRun: false },
          ...outcome,
          message: violation(node),
        })
      })
    }
  })

  t.test('a refused pod is bound by itself once the node is Ready', async t => {
    await writeReport(plane.admin, 'starting-1', REPORT_CHANGES.Ready)
    t.equal(await boundNode(plane, 'onto-starting-1'), 'starting-1')
    await writeReport(plane.admin, 'starting-1', REPORT_CHANGES.Unverified)
    await statesKnown(kubelet, { Unverified: 1 })
  })

  t.test('the Status of a refusal has the reason as its cause, and the field that names the node', async t => {
    const { status, body, warnings } = await plane.admin.bind('default', PROBE_POD, 'mixed-1')
    t.equal(status, 403)
    t.strictSame(warnings, [])
    t.strictSame(body, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: denial('bindings', 'mixed-1'),
      reason: 'Forbidden',
      details: {
        name: PROBE_POD,
        kind: 'pods',
        causes: [{ reason: 'ConfiguredAfterLaunch', message: VERDICTS['mixed-1'].message, field: 'target.name' }],
      },
      code: 403,
    })
  })

  t.test('the older form of a binding is judged too', async t => {
    await plane.admin.create(pods, podObject('legacy', { spec: { schedulerName: 'nobody' } }))
    const refused = await legacyBind(plane, 'legacy', 'mixed-1')
    t.equal(refused.status, 403)
    t.match(refused.body, { message: denial('bindings', 'mixed-1') })
    t.equal((await legacyBind(plane, 'legacy', 'good-2')).status, 201)
    t.equal(await boundNode(plane, 'legacy'), 'good-2')
  })

  t.test('kubectl create --raw asks what a bind would come to, and binds nothing', async t => {
    const path = `${pods}/${PROBE_POD}/binding?dryRun=All`
    const ask = (node: string) =>
      plane.kubectl(['create', '--raw', path, '-f', '-'], { input: binding(PROBE_POD, node) })
    const refused = await ask('broken-1')
    t.equal(refused.code, 1)
    t.equal(refused.stderr, `Error from server (Forbidden): ${denial('bindings', 'broken-1')}\n`)
    const allowed = await ask('good-1')
    t.equal(allowed.code, 0, allowed.stderr)
    t.match(JSON.parse(allowed.stdout), { kind: 'Status', status: 'Success', code: 201 })
    t.match(await logLine(kubelet, { name: PROBE_POD, node: 'broken-1' }), { dryRun: true, decision: 'deny' })
    t.equal((await plane.admin.get<{ spec: { nodeName?: string } }>(`${pods}/${PROBE_POD}`)).spec.nodeName, undefined)
  })

  t.test('what the Node object says counts as soon as it says it', { timeout: 40_000 }, async t => {
    const ask = async (node: string) => {
      const { body } = await plane.admin.dryRunBind('default', PROBE_POD, node)
      return (body as { message?: string }).message
    }
    const webhook = 'admission webhook "bindings.soci-guard.dev" denied the request: '
    await createNodes(plane.admin, [
      { name: 'crio-1', containerRuntimeVersion: 'cri-o://1.34.1' },
      { name: 'silent-1' },
    ])
    await writeReport(plane.admin, 'good-2', { bootID: 'an-earlier-boot' })
    await statesKnown(kubelet, { NotDefault: 2, Unverified: 3 })

    t.equal(
      await ask('ghost-1'),
      `${webhook}node ghost-1 is Unverified (NodeNotFound): no Node object of this name is known. Check the node's name; a new node is known within seconds of its registration.`,
    )
    t.equal(
      await ask('silent-1'),
      `${webhook}node silent-1 is Unverified (NoReport): no report of its snapshotters exists. Check that the soci-guard agent runs on the node and can write its report.`,
    )
    t.equal(
      await ask('good-2'),
      `${webhook}node good-2 is Unverified (ReportFromEarlierBoot): the report is from boot an-earlier-boot, but the Node is in boot boot-good-2. Wait for a new report; if none comes, look at the soci-guard agent's log on the node.`,
    )
    t.equal(
      await ask('crio-1'),
      `${webhook}node crio-1 is NotDefault (NotContainerd): the container runtime is cri-o://1.34.1, not containerd. Use nodes that run containerd, or put these nodes into a pool with mode off.`,
    )
    t.equal((await plane.admin.dryRunBind('default', PROBE_POD, 'good-1')).status, 201)
  })

  t.test('a node that is made anew under its name starts without a verdict', async t => {
    await plane.admin.delete(nodePath('good-1'))
    await createNodes(plane.admin, [{ name: 'good-1' }])
    const refused = await waitFor('a refusal', async () => {
      const { status, body } = await plane.admin.dryRunBind('default', PROBE_POD, 'good-1')
      return status === 403 && (body as { message: string }).message
    })
    t.match(refused, /node good-1 is Unverified \((NoReport|ReportFromOtherNode)\)/)
    await writeReport(plane.admin, 'good-1')
    await everyReplica(kubelet, 'good-1', samples => samples.get('soci_guard_nodes{state="Unverified"}') === 3)
    t.equal((await plane.admin.dryRunBind('default', PROBE_POD, 'good-1')).status, 201)
  })

  t.test('a report that turns bad between scheduling and binding is in time', { timeout: 40_000 }, async t => {
    // The scheduler chooses the node, says so on the claim, and waits for the volume before it binds.
    await plane.admin.create('/apis/storage.k8s.io/v1/storageclasses', WAITING_CLASS)
    const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
    await plane.admin.create(claims, claimOf('slow'))
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'slow' } }]
    await plane.admin.create(pods, podObject('overtaken', { on: 'good-1', spec: { volumes } }))
    const claim = await waitFor('the scheduler to choose', async () => {
      const found = await plane.admin.get(`${claims}/slow`)
      return found.metadata.annotations?.['volume.kubernetes.io/selected-node'] === 'good-1' && found
    })

    await writeReport(plane.admin, 'good-1', REPORT_CHANGES.Mixed)
    await statesKnown(kubelet, { Mixed: 2 })
    await plane.admin.create('/api/v1/persistentvolumes', volumeFor('slow', claim.metadata.uid))
    const event = await eventAbout(plane, 'Pod', 'overtaken', 'FailedScheduling')
    t.equal(
      event.message,
      `running Bind plugin "DefaultBinder": admission webhook "bindings.soci-guard.dev" denied the request: node good-1 is Mixed (ConfiguredAfterLaunch): ${VERDICTS['mixed-1'].message}`,
    )
    const { user } = await refusedAudit(plane, 'overtaken')
    t.equal(user.username, 'system:kube-scheduler')
  })

  t.test('a mass loss of reports stops nothing that was Ready, and saves no bad node', { timeout: 40_000 }, async t => {
    const { Ready, Mixed, Broken } = REPORT_CHANGES
    const reporting = { 'good-2': Ready, 'mixed-1': Mixed, 'broken-1': Broken, [KUBELET_NODE]: Ready }
    await writeReport(plane.admin, 'good-2')
    await statesKnown(kubelet, { Ready: 2 })
    for (const [name, change] of Object.entries(reporting))
      await writeReport(plane.admin, name, { ...change, verified: false })
    for (const name of ['good-1', 'other-default-1']) await deleteReport(plane.admin, name)
    await everyReplica(kubelet, 'the outage', samples => samples.get('soci_guard_outage') === 1)

    await plane.admin.create(pods, podObject('held', { on: 'good-2' }))
    t.equal(await boundNode(plane, 'held'), 'good-2')
    const verdictOn = async (node: string) => {
      const { body } = await plane.admin.dryRunBind('default', PROBE_POD, node)
      return (body as { message: string }).message.replace(/^.*request: /, '').replace(/:.*$/, '')
    }
    t.equal(await verdictOn('mixed-1'), 'node mixed-1 is Mixed (ConfiguredAfterLaunch)')
    t.equal(await verdictOn('broken-1'), 'node broken-1 is Broken (SnapshotterUnavailable)')
    t.equal(await verdictOn('good-1'), 'node good-1 is Unverified (NoReport)')
    for (const [name, change] of Object.entries(reporting)) await writeReport(plane.admin, name, change)
    await everyReplica(kubelet, 'the end of the outage', samples => samples.get('soci_guard_outage') === 0)
  })

  t.test('nothing went wrong beside the tests', t => {
    t.strictSame(kubelet.problems, [])
    t.end()
  })
})

const binding = (pod: string, node: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  })

const legacyBind = (plane: ControlPlane, pod: string, node: string) =>
  plane.admin.send('POST', '/api/v1/namespaces/default/bindings', JSON.parse(binding(pod, node)))

const WAITING_CLASS = {
  metadata: { name: 'waiting' },
  provisioner: 'e2e.soci-guard.dev/by-hand',
  volumeBindingMode: 'WaitForFirstConsumer',
}

const ACCESS = { accessModes: ['ReadWriteOnce'], storageClassName: 'waiting' }

const claimOf = (name: string) => ({
  metadata: { name },
  spec: { ...ACCESS, resources: { requests: { storage: '1Gi' } } },
})

const volumeFor = (claim: string, uid: string | undefined) => ({
  metadata: { name: `volume-${claim}` },
  spec: {
    ...ACCESS,
    capacity: { storage: '1Gi' },
    hostPath: { path: '/nowhere' },
    claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: claim, uid },
  },
})
