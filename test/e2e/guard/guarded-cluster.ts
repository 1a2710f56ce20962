import type { Test } from 'tap'
import { createNodes, type NodeOptions } from '../cluster/nodes.ts'
import { REPORT_CHANGES, type ReportChange, writeReport } from '../cluster/reports.ts'
import { KUBELET_NODE, startTestCluster, type TestCluster } from '../test-cluster.ts'
import { guardImages } from './guard-image.ts'
import { everyReplica, statesKnown } from './guard-metrics.ts'
import { installGuard, type Overlay } from './install-guard.ts'
import { keepControllerAway } from './keep-controller-away.ts'
import { keepAgentOnLabel, keepGuardOnKubelet } from './keep-guard-on-kubelet.ts'

/** A node of a test and what its agent reports; without a report it is Unverified. */
export interface GuardedNode extends NodeOptions {
  report?: ReportChange
}

/** What a test file's cluster starts with. */
export interface GuardedClusterOptions {
  overlay: Overlay
  /** Kept after the run; holds the logs of the programs and of the guard. */
  folder: string
  nodes?: readonly GuardedNode[]
  apiServerFlags?: readonly string[]
  /** Whether the controller goes on running; without it nodes keep what a test gives them, which is what tests of the webhook need. */
  controller?: boolean
}

/** The usual cast: a node for each state, named after it, and a second Ready one. The kubelet's node is Ready too. */
export const CAST: readonly GuardedNode[] = [
  { name: 'good-1', report: REPORT_CHANGES.Ready },
  { name: 'good-2', report: REPORT_CHANGES.Ready },
  { name: 'mixed-1', report: REPORT_CHANGES.Mixed },
  { name: 'other-default-1', report: REPORT_CHANGES.NotDefault },
  { name: 'broken-1', report: REPORT_CHANGES.Broken },
  { name: 'starting-1', report: REPORT_CHANGES.Unverified },
]

/** A cluster with the guard installed and every node's state known to all replicas; it ends with the test. */
export async function startGuardedCluster(t: Test, options: GuardedClusterOptions): Promise<TestCluster> {
  const { folder, overlay, nodes = CAST, apiServerFlags = [], controller = false } = options
  const cluster = await startTestCluster(t, { images: await guardImages(folder), folder, apiServerFlags })
  await keepGuardOnKubelet(cluster.plane.admin)
  await keepAgentOnLabel(cluster.plane.admin)
  await installGuard(cluster, overlay)
  // What it was needed for at the start, it has done; as long as there is one node and no report it marks nothing.
  if (!controller) await keepControllerAway(cluster)
  await addNodes(cluster, nodes)
  return cluster
}

// The default of the configuration that the overlays bring.
const OUTAGE_FRACTION = 0.55

/** Creates nodes and their reports, the kubelet's node's too, and waits until every replica knows the state of each. */
export async function addNodes({ plane, kubelet }: TestCluster, nodes: readonly GuardedNode[]): Promise<void> {
  await createNodes(plane.admin, nodes)
  for (const { name, report } of [{ name: KUBELET_NODE, report: {} }, ...nodes])
    if (report) await writeReport(plane.admin, name, report)
  const unverified = nodes.filter(({ report }) => report === undefined || report.verified === false).length
  await statesKnown(kubelet, { Unverified: unverified })
  // While most nodes have no report yet, the last facts of a boot are held: an agent that starts is forgiven then.
  const outage = unverified / (nodes.length + 1) > OUTAGE_FRACTION ? 1 : 0
  await everyReplica(kubelet, `outage ${outage}`, samples => samples.get('soci_guard_outage') === outage)
}
