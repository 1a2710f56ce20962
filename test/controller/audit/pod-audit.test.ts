import t from 'tap'
import { type AuditedCluster, DEPLOYMENT_EVENT, NODE_EVENT, startAuditedCluster } from './audited-cluster.ts'

const OPEN_REPORTS = '/apis/openreports.io/v1alpha1'
const POLICY_REPORTS = '/apis/wgpolicyk8s.io/v1alpha2'

const reportsIn = ({ api }: AuditedCluster, path: string): string[] =>
  (api.collections.get(path) ?? []).map(({ metadata }) => metadata.name)

t.test('pods on violating nodes are told in metrics and in one Event for each node and workload', async t => {
  const cluster = await startAuditedCluster(t)
  await cluster.looks(1)
  t.strictSame(cluster.events(), [DEPLOYMENT_EVENT, NODE_EVENT])
  const metrics = await cluster.metrics()
  t.match(metrics, /^soci_guard_violating_pods\{state="NotDefault",decision="deny"\} 2$/m)
  t.match(metrics, /^soci_guard_violating_pods\{state="Mixed",decision="deny"\} 0$/m)
  t.match(metrics, /^soci_guard_violating_pods_exempt 1$/m)
  t.match(metrics, /^soci_guard_node_violating_pods\{node="bad",state="NotDefault"\} 2$/m)
  t.match(metrics, /^soci_guard_nodes_with_violating_pods 1$/m)
  t.match(metrics, /^soci_guard_pod_audit_events_total\{result="written"\} 2$/m)
  t.notMatch(metrics, /soci_guard_pod_audit_reports\{/)
})

t.test('looking again says nothing again, and neither does a controller that starts anew', async t => {
  const cluster = await startAuditedCluster(t)
  await cluster.looks(3)
  await cluster.restart()
  await cluster.looks(2)
  t.strictSame(cluster.events(), [DEPLOYMENT_EVENT, NODE_EVENT])
  t.strictSame(
    cluster.api.writes.filter(({ method }) => method !== 'POST'),
    [],
  )
})

t.test('what lasts is counted in the Event that is there, or said anew when it has been forgotten', async t => {
  const cluster = await startAuditedCluster(t, { repeatMs: 0, quietMs: 3_600_000 })
  await cluster.looks(3)
  t.strictSame(cluster.events(), [DEPLOYMENT_EVENT, NODE_EVENT])
  t.ok(cluster.seriesCounts().every(count => count >= 2))
  cluster.api.collections.get('/apis/events.k8s.io/v1/events')?.splice(0)
  await cluster.looks(2)
  t.strictSame(cluster.events(), [DEPLOYMENT_EVENT, NODE_EVENT])
})

t.test('a change of a verdict is looked into at once, not after the interval', async t => {
  const cluster = await startAuditedCluster(t, { intervalMs: 3_600_000 })
  await cluster.looks(1)
  cluster.report('good', 'overlayfs')
  await cluster.looks(1)
  t.match(await cluster.metrics(), /^soci_guard_violating_pods\{state="NotDefault",decision="deny"\} 3$/m)
})

t.test('a report for each node, as OpenReports where the cluster has them', async t => {
  const cluster = await startAuditedCluster(t)
  cluster.serve(OPEN_REPORTS, 'reports').serve(POLICY_REPORTS, 'policyreports')
  await cluster.looks(2)
  t.strictSame(reportsIn(cluster, `${OPEN_REPORTS}/reports`), ['bad'])
  t.strictSame(reportsIn(cluster, `${POLICY_REPORTS}/policyreports`), [])
  t.match(await cluster.metrics(), /^soci_guard_pod_audit_reports\{api_version="openreports.io\/v1alpha1"\} 1$/m)
  const written = () => cluster.api.writes.filter(({ path }) => path.includes('/reports/')).length
  const before = written()
  await cluster.looks(2)
  t.equal(written(), before, 'what has not changed is not written again')
})

t.test('else as PolicyReports, which make way when OpenReports come', async t => {
  const cluster = await startAuditedCluster(t)
  cluster.serve(POLICY_REPORTS, 'policyreports')
  await cluster.looks(2)
  t.strictSame(reportsIn(cluster, `${POLICY_REPORTS}/policyreports`), ['bad'])
  cluster.serve(OPEN_REPORTS, 'reports')
  await cluster.looks(2)
  t.strictSame(reportsIn(cluster, `${POLICY_REPORTS}/policyreports`), [])
  t.strictSame(reportsIn(cluster, `${OPEN_REPORTS}/reports`), ['bad'])
})

t.test(
  'when a node is in order again its report goes, also one that an earlier controller wrote; those of others stay',
  async t => {
    const cluster = await startAuditedCluster(t)
    cluster.serve(OPEN_REPORTS, 'reports')
    const ours = { labels: { 'app.kubernetes.io/managed-by': 'soci-guard' }, namespace: 'soci-guard-system' }
    cluster.api.collections
      .get(`${OPEN_REPORTS}/reports`)
      ?.push(
        { metadata: { name: 'long-gone', ...ours } },
        { metadata: { name: 'of-others', namespace: 'soci-guard-system' } },
      )
    await cluster.looks(2)
    t.strictSame(reportsIn(cluster, `${OPEN_REPORTS}/reports`), ['of-others', 'bad'])
    cluster.report('bad', 'soci')
    await cluster.looks(2)
    t.strictSame(reportsIn(cluster, `${OPEN_REPORTS}/reports`), ['of-others'])
  },
)

t.test('a kind of report that is taken away is done without, and without a word', async t => {
  const cluster = await startAuditedCluster(t, { discoveryMs: 3_600_000 })
  cluster.serve(OPEN_REPORTS, 'reports')
  await cluster.restart()
  await cluster.looks(2)
  cluster.api.collections.delete(`${OPEN_REPORTS}/reports`)
  cluster.api.documents.delete(OPEN_REPORTS)
  cluster.report('good', 'overlayfs')
  await cluster.looks(3)
  t.notMatch(await cluster.metrics(), /soci_guard_pod_audit_reports\{/)
  t.strictSame(cluster.logged, [])
})

t.test('while the brake is on nothing is said for lack of evidence, and what was said stays', async t => {
  const cluster = await startAuditedCluster(t)
  cluster.serve(OPEN_REPORTS, 'reports')
  await cluster.looks(2)
  cluster.brake.level = 'outage'
  cluster.loseReports()
  await cluster.looks(2)
  t.strictSame(cluster.events(), [DEPLOYMENT_EVENT, NODE_EVENT])
  t.strictSame(reportsIn(cluster, `${OPEN_REPORTS}/reports`), ['bad'])
  cluster.brake.level = 'off'
  await cluster.looks(2)
  t.ok(cluster.events().includes('PodsOnViolatingNode Node/good'))
})

t.test('where pods may not be listed it says so once, goes on trying, and is itself again', async t => {
  const cluster = await startAuditedCluster(t)
  await cluster.looks(1)
  cluster.api.refusals.set('/api/v1/pods', { status: 403, message: 'User "c" cannot list resource "pods"' })
  await cluster.failures(3)
  t.equal(cluster.logged.length, 1)
  t.match(cluster.logged[0], /running pods cannot be audited; trying again.*user c may not list pods/)
  t.match(await cluster.metrics(), /^soci_guard_node_violating_pods\{node="bad"/m, 'what was known stays')
  t.match(cluster.remarks(), [/^running pods cannot be audited: user c may not list pods/])
  cluster.api.refusals.clear()
  await cluster.looks(2)
  t.match(cluster.logged[1], /running pods can be audited again/)
  t.strictSame(cluster.remarks(), [])
})

t.test('an Event that is refused is not tried again and again, and the others are written', async t => {
  const cluster = await startAuditedCluster(t)
  cluster.api.refusals.set('/apis/events.k8s.io/v1/namespaces/shop/events', {
    status: 403,
    message: 'unable to create new content in namespace shop because it is being terminated',
  })
  await cluster.looks(4)
  t.strictSame(cluster.events(), [NODE_EVENT])
  t.match(await cluster.metrics(), /^soci_guard_pod_audit_events_total\{result="failed"\} 1$/m)
})

t.test('a stop ends what is under way at once', async t => {
  const cluster = await startAuditedCluster(t, { intervalMs: 3_600_000 })
  await cluster.looks(1)
  const startedMs = performance.now()
  await cluster.stop()
  t.ok(performance.now() - startedMs < 5000)
})
