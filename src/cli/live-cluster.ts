import { createApiConnection } from '../inventory/cluster/api-connection.ts'
import { createClusterInventory } from '../inventory/cluster/cluster-inventory.ts'
import { type KubeconfigChoice, loadKubeconfig } from '../inventory/cluster/kubeconfig.ts'
import { nowMs, openGuardedRoster } from './guarded-roster.ts'
import type { ServedCluster, ServedClusterOptions } from './served-cluster.ts'
import { VERSION } from './version.ts'

/**
 * The cluster of an API server; rejects with a GuardError when there is none to talk to. `begin` does not wait: until everything
 * has been listed nothing is loaded, and `conditions` say why.
 */
export const openLiveCluster = async (options: ServedClusterOptions & KubeconfigChoice): Promise<ServedCluster> => {
  const { kubeconfig, context, env, logger, signal } = options
  const choice = { kubeconfig, context, env }
  // Who starts us learns at once of a kubeconfig that cannot be used; all else may mend itself.
  const [{ roster, configuration, keepAdvancing }] = await Promise.all([
    openGuardedRoster(options),
    loadKubeconfig(choice),
  ])
  const connection = createApiConnection({ ...choice, userAgent: `soci-guard/${VERSION}`, nowMs })
  signal.addEventListener('abort', connection.close, { once: true })
  const inventory = createClusterInventory({
    connection,
    roster,
    nowMs,
    log: logger,
    onLoaded: () => {
      keepAdvancing()
      logger.info({ nodes: inventory.size('nodes'), reports: inventory.size('reports') }, 'inventory loaded')
    },
    signal,
  })
  return {
    roster,
    view: () => ({
      roster,
      configuration: configuration(),
      nowMs: nowMs(),
      asksForNodes: true,
      stale: inventory.staleness(configuration().inventoryStaleMs) ?? undefined,
    }),
    loaded: inventory.loaded,
    conditions: inventory.conditions(),
    agesMs: () =>
      inventory.loaded() ? Object.fromEntries(inventory.kinds.map(kind => [kind, inventory.ageMs(kind)])) : {},
    readPod: inventory.readPod,
    findNode: inventory.findNode,
    begin: async () => inventory.start(),
  }
}
