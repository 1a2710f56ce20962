// What already runs on violating nodes, as people and dashboards get to see it.
import { join } from 'node:path'
import t from 'tap'
import type { KubernetesObject } from './cluster/kubernetes-object.ts'
import { REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { scaleController } from './faults/scale-controller.ts'
import { podsOf, readMetrics } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, succeeded } from './guard/install-guard.ts'
import { podsPath } from './guard/pod-object.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(200_000)

const OPEN_REPORTS = `/apis/openreports.io/v1alpha1/namespaces/${GUARD_NAMESPACE}/reports`
const POLICY_REPORTS = `/apis/wgpolicyk8s.io/v1alpha2/namespaces/${GUARD_NAMESPACE}/policyreports`
const EVENTS = '/apis/events.k8s.io/v1'
// A look follows the change of a verdict by at most ten seconds, and the next by as many.
const PATIENTLY = { deadlineMs: 40_000 }

interface Event extends KubernetesObject {
  reason: string
  note: string
  series?: { count: number }
}

t.test('running pods are audited', { timeout: 190_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    overlay: 'audit',
    folder: testFolder(t, import.meta.url),
    nodes: [
      { name: 'node-a', report: REPORT_CHANGES.Ready },
      { name: 'node-b', report: REPORT_CHANGES.Ready },
    ],
  })
  const { plane, kubelet } = cluster
  const { admin } = plane
  const kindOf = (file: string): string => join(import.meta.dirname, `../fixtures/report-kinds/${file}.yaml`)
  const controllerMetrics = async () => {
    const [controller] = podsOf(kubelet, 'controller')
    return controller === undefined ? new Map<string, number>() : readMetrics(controller)
  }

  await t.test('pods that were there before a node went bad', async t => {
    succeeded(await plane.kubectl(['apply', '-f', kindOf('openreports')]))
    await admin.create('/apis/apps/v1/namespaces/default/deployments', WEB)
    await waitFor('three pods on node-a', async () => {
      const pods = await admin.list<KubernetesObject & { spec: { nodeName?: string } }>(podsPath())
      return pods.filter(({ spec }) => spec.nodeName === 'node-a').length === 3
    })
    await scaleController(cluster, 1)
    await writeReport(admin, 'node-a', REPORT_CHANGES.Mixed)
    await waitFor(
      'the metric',
      async () => (await controllerMetrics()).get('soci_guard_violating_pods{state="Mixed",decision="audit"}') === 3,
      PATIENTLY,
    )
    t.equal((await controllerMetrics()).get('soci_guard_node_violating_pods{node="node-a",state="Mixed"}'), 3)
  })

  await t.test('one Event on the node and one on the Deployment, where kubectl describe shows them', async t => {
    const about = async (namespace: string, reason: string): Promise<Event[]> =>
      (await admin.list<Event>(`${EVENTS}/namespaces/${namespace}/events`)).filter(event => event.reason === reason)
    await waitFor('the Events', async () => (await about('default', 'RunsOnViolatingNode')).length === 1, PATIENTLY)
    t.match(await about('default', 'PodsOnViolatingNode'), [
      { note: /^3 pods of 1 workload should not run here: node node-a is Mixed \(/ },
    ])
    t.match(await about('default', 'RunsOnViolatingNode'), [
      { note: /^3 of its pods run on node-a and should not: node node-a is Mixed \(/ },
    ])
    const described = async (what: string): Promise<string> => succeeded(await plane.kubectl(['describe', what])).stdout
    t.match(await described('node/node-a'), /Warning +PodsOnViolatingNode .* 3 pods of 1 workload should not run here/)
    t.match(await described('deployment/web'), /Warning +RunsOnViolatingNode .* 3 of its pods run on node-a/)
  })

  await t.test('a report on the node, which the node owns', async t => {
    await waitFor('the report', async () => (await admin.find(`${OPEN_REPORTS}/node-a`)) !== undefined, PATIENTLY)
    const { uid } = (await admin.get('/api/v1/nodes/node-a')).metadata
    const deployment = await admin.get('/apis/apps/v1/namespaces/default/deployments/web')
    t.match(await admin.get(`${OPEN_REPORTS}/node-a`), {
      metadata: { ownerReferences: [{ kind: 'Node', name: 'node-a', uid }] },
      source: 'soci-guard',
      scope: { apiVersion: 'v1', kind: 'Node', name: 'node-a', uid },
      summary: { fail: 0, warn: 1 },
      results: [
        {
          policy: 'soci-snapshotter',
          result: 'warn',
          resources: [{ kind: 'Deployment', namespace: 'default', name: 'web', uid: deployment.metadata.uid }],
          properties: { state: 'Mixed', decision: 'audit', pods: '3' },
        },
      ],
    })
    t.strictSame(
      (await admin.list(OPEN_REPORTS)).map(({ metadata }) => metadata.name),
      ['node-a'],
    )
  })

  await t.test(
    'a controller that starts anew says nothing twice, and goes by what kind of report there is then',
    async t => {
      await scaleController(cluster, 0)
      succeeded(await plane.kubectl(['delete', '-f', kindOf('openreports')]))
      succeeded(await plane.kubectl(['apply', '-f', kindOf('wgpolicyk8s')]))
      await scaleController(cluster, 1)
      await waitFor('the report', async () => (await admin.find(`${POLICY_REPORTS}/node-a`)) !== undefined, PATIENTLY)
      const ours = (await admin.list<Event>(`${EVENTS}/events`)).filter(({ reason }) => /ViolatingNode$/.test(reason))
      t.equal(ours.length, 2)
    },
  )

  await t.test('when the pods are gone the report is, too', async t => {
    await admin.delete('/apis/apps/v1/namespaces/default/deployments/web')
    await waitFor('the pods to be gone', async () =>
      (await admin.list(podsPath())).every(({ metadata }) => !metadata.name.startsWith('web-')),
    )
    // Any verdict that changes makes it look again.
    await writeReport(admin, 'node-b', REPORT_CHANGES.Broken)
    await waitFor('the report to go', async () => (await admin.list(POLICY_REPORTS)).length === 0, PATIENTLY)
    t.equal((await controllerMetrics()).get('soci_guard_nodes_with_violating_pods'), 0)
  })
})

const WEB = {
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { nodeSelector: { 'kubernetes.io/hostname': 'node-a' }, containers: [{ name: 'c', image: 'i' }] },
    },
  },
}
