import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { createClusterInventory } from '../inventory/cluster/cluster-inventory.ts'
import { nowMs, openGuardedRoster } from './guarded-roster.ts'
import type { ServedCluster, ServedClusterOptions } from './served-cluster.ts'

/** The cluster that a controller works on: what serve knows of it, and the condition of each Node. */
export type ControlledCluster = Omit<ServedCluster, 'findNode' | 'readPod'>

/** The cluster behind the connection; `begin` does not wait, and `onLoaded` is called once when everything has been listed. */
export const openControlledCluster = async (
  options: ServedClusterOptions & { readonly connection: ApiConnection; readonly onLoaded: () => void },
): Promise<ControlledCluster> => {
  const { connection, logger, signal } = options
  const { roster, configuration, keepAdvancing } = await openGuardedRoster(options)
  const inventory = createClusterInventory({
    connection,
    roster,
    nowMs,
    log: logger,
    readsConditions: true,
    onLoaded: () => {
      keepAdvancing()
      logger.info({ nodes: inventory.size('nodes'), reports: inventory.size('reports') }, 'inventory loaded')
      options.onLoaded()
    },
    signal,
  })
  return {
    roster,
    view: () => ({
      roster,
      configuration: configuration(),
      nowMs: nowMs(),
      stale: inventory.staleness(configuration().inventoryStaleMs) ?? undefined,
    }),
    loaded: inventory.loaded,
    conditions: inventory.conditions(),
    agesMs: () =>
      inventory.loaded() ? Object.fromEntries(inventory.kinds.map(kind => [kind, inventory.ageMs(kind)])) : {},
    begin: async () => inventory.start(),
  }
}
