import t from 'tap'
import { nodeIdentity, userIdentity } from './cluster/identity.ts'
import { createNodes, nodePath } from './cluster/nodes.ts'
import { REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { annotationsOf } from './guard/annotations.ts'
import { audited, boundAudit } from './guard/audited.ts'
import { denial, VERDICTS } from './guard/expected.ts'
import { logLine } from './guard/guard-log.ts'
import { statesKnown } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { type PodObject, podObject, podSpec, podsPath } from './guard/pod-object.ts'
import { boundNode, eventAbout } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(150_000)

t.test('pods that have a node, in enforce mode', { timeout: 140_000 }, async t => {
  const cluster = await startGuardedCluster(t, { overlay: 'enforce', folder: testFolder(t, import.meta.url) })
  const { plane, kubelet } = cluster
  const pods = podsPath()
  const apply = (object: unknown) => plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) })
  /** What our webhook wrote about a request for a pod that had this answer; undefined when it was not asked. */
  const judged = async (verb: string, code: number, name: string, subresource?: string) => {
    const wanted = { verb, code, name, resource: 'pods', ...(subresource ? { subresource } : {}) }
    return annotationsOf((await audited(plane, wanted)).at(-1), 'pods')
  }

  t.test('a pod with nodeName passes no scheduler, and is judged when it is created', async t => {
    const refused = await apply(podObject('by-hand', { spec: { nodeName: 'mixed-1' } }))
    t.equal(
      refused.stderr,
      `Error from server (Forbidden): error when creating "STDIN": ${denial('pods', 'mixed-1')}\n`,
    )
    t.equal(refused.code, 1)
    t.equal(await plane.admin.find(`${pods}/by-hand`), undefined)

    const created = await apply(podObject('by-hand', { spec: { nodeName: 'good-1' } }))
    t.strictSame(created, { code: 0, stdout: 'pod/by-hand created\n', stderr: '' })
    t.strictSame(await judged('create', 201, 'by-hand'), {
      decision: 'allow',
      mode: 'enforce',
      state: 'Ready',
      node: 'good-1',
      evidence: 'report',
    })
  })

  t.test('the same refusal comes of a dry-run, and of a pod whose node does not exist', async t => {
    const dryRun = ['create', '--dry-run=server', '-f', '-']
    const onto = (nodeName: string) =>
      plane.kubectl(dryRun, { input: JSON.stringify(podObject('dry', { spec: { nodeName } })) })
    t.equal(
      (await onto('broken-1')).stderr,
      `Error from server (Forbidden): error when creating "STDIN": ${denial('pods', 'broken-1')}\n`,
    )
    t.equal(
      (await onto('ghost-1')).stderr,
      'Error from server (Forbidden): error when creating "STDIN": admission webhook "pods.soci-guard.dev" denied the request: node ghost-1 is Unverified (NodeNotFound): no Node object of this name is known. Check the node\'s name; a new node is known within seconds of its registration.\n',
    )
    t.strictSame(await onto('good-1'), { code: 0, stdout: 'pod/dry created (server dry run)\n', stderr: '' })
  })

  t.test('the refusal holds the reason and the field for programs to read', async t => {
    const answer = await plane.admin.send('POST', pods, podObject('by-hand-2', { spec: { nodeName: 'mixed-1' } }))
    const causes = [{ reason: 'ConfiguredAfterLaunch', message: VERDICTS['mixed-1'].message, field: 'spec.nodeName' }]
    t.match(answer.body, { code: 403, reason: 'Forbidden', details: { name: 'by-hand-2', kind: 'pods', causes } })
    t.match(await logLine(kubelet, { name: 'by-hand-2' }), {
      ...{ webhook: 'pods', resource: 'pods', operation: 'CREATE', node: 'mixed-1', user: 'e2e-admin' },
      ...{ decision: 'deny', state: 'Mixed', reason: 'ConfiguredAfterLaunch' },
    })
  })

  t.test('a Ready node with an advisory gets the pod, and the person a warning', async t => {
    await writeReport(plane.admin, 'good-2', { registryAuthentication: 'None' })
    const warned = await waitFor('the advisory', async () => {
      const { code, stderr } = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], {
        input: JSON.stringify(podObject('advised', { spec: { nodeName: 'good-2' } })),
      })
      return code === 0 && stderr !== '' && stderr
    })
    t.equal(
      warned,
      'Warning: node good-2 has NoRegistryAuthentication: give the snapshotter registry credentials if images are private\n',
    )
    await writeReport(plane.admin, 'good-2')
  })

  t.test('a DaemonSet gets its pod on the Ready node only, and its events say why', async t => {
    for (const name of ['good-1', 'mixed-1'])
      await plane.admin.patch(nodePath(name), { metadata: { labels: { logs: 'yes' } } })
    const template = { metadata: { labels: { app: 'logs' } }, spec: podSpec({ nodeSelector: { logs: 'yes' } }) }
    await plane.admin.create('/apis/apps/v1/namespaces/default/daemonsets', {
      metadata: { name: 'logs' },
      spec: { selector: { matchLabels: { app: 'logs' } }, template },
    })
    const failed = await eventAbout(plane, 'DaemonSet', 'logs', 'FailedCreate')
    t.equal(failed.message, `Error creating: ${denial('pods', 'mixed-1')}`)
    const [pod] = await waitFor('the pod', async () => {
      const found = await plane.admin.list<PodObject>(`${pods}?labelSelector=app%3Dlogs`)
      return found.length > 0 && found
    })
    t.equal(await boundNode(plane, pod?.metadata.name ?? ''), 'good-1')
    const user = 'system:serviceaccount:kube-system:daemon-set-controller'
    t.match(await logLine(kubelet, { user, node: 'mixed-1' }), { webhook: 'pods', decision: 'deny', name: /^logs-/ })
    await plane.admin.delete('/apis/apps/v1/namespaces/default/daemonsets/logs')
  })

  t.test('a node that turns bad under a running pod', { timeout: 40_000 }, async t => {
    await createNodes(plane.admin, [{ name: 'turning-1' }])
    await writeReport(plane.admin, 'turning-1')
    await statesKnown(kubelet, { Ready: 4 })
    await plane.admin.create(pods, podObject('veteran', { on: 'turning-1' }))
    t.equal(await boundNode(plane, 'veteran'), 'turning-1')
    const debug = ['debug', 'veteran', '--image=busybox:1', '--container']
    const before = await plane.kubectl([...debug, 'early'])
    t.equal(before.code, 0, before.stderr)
    await writeReport(plane.admin, 'turning-1', REPORT_CHANGES.Mixed)
    await statesKnown(kubelet, { Mixed: 2 })
    const refusal = denial('pods', 'mixed-1').replace('mixed-1', 'turning-1')

    t.test('gets no ephemeral container, which would be one more image on the node', async t => {
      const refused = await plane.kubectl([...debug, 'late'])
      t.equal(refused.code, 1)
      t.equal(refused.stderr, `Error from server (Forbidden): ${refusal}\n`)
      const outcome = await judged('patch', 403, 'veteran', 'ephemeralcontainers')
      t.match(outcome, { decision: 'deny', node: 'turning-1' })
      const { spec } = await plane.admin.get<{ spec: { ephemeralContainers: { name: string }[] } }>(`${pods}/veteran`)
      t.strictSame(
        spec.ephemeralContainers.map(({ name }) => name),
        ['early'],
      )
    })

    t.test('gets no other image', async t => {
      const refused = await plane.kubectl(['set', 'image', 'pod/veteran', 'app=registry.test/app:2'])
      t.equal(refused.code, 1)
      t.equal(refused.stderr, `error: failed to patch image update to pod template: ${refusal}\n`)
      const same = await plane.kubectl(['set', 'image', 'pod/veteran', 'app=registry.test/app:1'])
      t.equal(same.code, 0, same.stderr)
    })

    t.test('keeps its labels, status and deletion to itself: nobody is asked', async t => {
      await plane.admin.patch(`${pods}/veteran`, { metadata: { labels: { seen: 'yes' } } })
      t.equal(await judged('patch', 200, 'veteran'), undefined)
      const kubeletOf = plane.api(nodeIdentity(plane.files.authority, 'turning-1'))
      await kubeletOf.patch(`${pods}/veteran/status`, { status: { phase: 'Running' } }, 'strategic-merge-patch')
      t.equal(await judged('patch', 200, 'veteran', 'status'), undefined)
      t.equal((await plane.kubectl(['delete', 'pod', 'veteran'])).code, 0)
    })
  })

  t.test('the mirror of a static pod is let in whatever the node, when its kubelet writes it', async t => {
    const kubeletOf = plane.api(nodeIdentity(plane.files.authority, 'mixed-1'))
    const mirror = await mirrorPod('static-mixed-1', 'mixed-1')
    t.equal((await kubeletOf.send('POST', pods, mirror)).status, 201)
    t.equal(await judged('create', 201, 'static-mixed-1'), undefined)
  })

  t.test('a person who forges a mirror pod gets no further than with any other pod', async t => {
    await plane.admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'mallory' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }],
    })
    const mallory = plane.api(userIdentity(plane.files.authority, 'mallory'))
    const answer = await mallory.send('POST', pods, await mirrorPod('forged-mixed-1', 'mixed-1'))
    t.match(answer, { status: 403, body: { message: denial('pods', 'mixed-1') } })
    t.match(await logLine(kubelet, { name: 'forged-mixed-1' }), { user: 'mallory', decision: 'deny' })
  })

  t.test('a pod without a node never leaves the API server for this webhook', async t => {
    await plane.admin.create(pods, podObject('unplaced', { on: 'good-1' }))
    t.equal(await judged('create', 201, 'unplaced'), undefined)
    await boundNode(plane, 'unplaced')
    t.match(annotationsOf(await boundAudit(plane, 'unplaced'), 'bindings'), { decision: 'allow' })
    t.strictSame(kubelet.problems, [])
  })

  /** What a kubelet makes of a static pod's manifest. */
  async function mirrorPod(name: string, nodeName: string) {
    const { uid } = (await plane.admin.get(nodePath(nodeName))).metadata
    const pod = podObject(name, { annotations: { 'kubernetes.io/config.mirror': 'a-hash' }, spec: { nodeName } })
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid, controller: true }
    return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }
  }
})
