import { withConnection } from './cluster-connection.ts'
import { readClusterView } from './cluster-look.ts'
import { createClusterOwners } from './cluster-owners.ts'
import { readClusterPods } from './cluster-pods.ts'
import type { SourceFlags } from './cluster-source.ts'
import type { Io } from './io.ts'
import { createFindWorkload } from './owner-lookup.ts'
import { createPodCount, type PodCount, type Scanned, suspectsOf } from './scan-count.ts'

/** Which pods a scan of a cluster looks at, and how many names of each row it keeps. */
export interface ClusterScan extends SourceFlags {
  /** undefined: all namespaces. */
  readonly namespace: string | undefined
  readonly selector: string | undefined
  readonly keptNames: number
}

/** What runs in the cluster where it should not; a GuardError when it cannot be told. */
export const scanCluster = (scan: ClusterScan, io: Io): Promise<Scanned> =>
  withConnection(scan, io, async connection => {
    const view = await readClusterView(scan, ['nodes', 'reports', 'namespaces', 'runtimeclasses'], io, connection)
    const { namespace, selector, keptNames } = scan
    const choice = { nodes: suspectsOf(view), namespace, selector }
    const count = await readClusterPods<PodCount>(connection, choice, () => createPodCount(view, keptNames))
    return count.scanned(createFindWorkload(createClusterOwners(connection)))
  })
