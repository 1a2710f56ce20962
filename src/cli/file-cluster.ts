import { createFileInventory } from '../inventory/file-inventory.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { nowMs, openGuardedRoster } from './guarded-roster.ts'
import { logKept } from './reload-log.ts'
import type { ServedCluster, ServedClusterOptions } from './served-cluster.ts'

const POLL_MS = 1000
const RENEW_AT_MOST_EVERY_MS = 30_000

// Three looks within a report's time to live, as agents renew theirs.
const renewMsFor = ({ reportTTLMs }: GuardConfiguration): number => Math.min(RENEW_AT_MOST_EVERY_MS, reportTTLMs / 3)

/** The cluster that a file or folder describes; `begin` reads it for the first time, and from then on it is kept current. */
export const openFileCluster = async (
  options: ServedClusterOptions & { readonly inventory: string },
): Promise<ServedCluster> => {
  const { logger, signal } = options
  const { roster, configuration, keepAdvancing } = await openGuardedRoster(options)
  const inventory = createFileInventory({
    path: options.inventory,
    roster,
    nowMs,
    pollMs: POLL_MS,
    renewMs: () => renewMsFor(configuration()),
    onReload: ({ nodes }) => logger.info({ what: 'inventory', nodes: nodes.size }, 'reloaded'),
    onError: error => logKept(logger, 'inventory', error),
    signal,
  })
  return {
    roster,
    view: () => ({ roster, configuration: configuration(), nowMs: nowMs() }),
    loaded: inventory.loaded,
    conditions: [{ name: 'inventory', check: () => (inventory.loaded() ? null : 'not loaded yet') }],
    agesMs: () => (inventory.loaded() ? { file: inventory.ageMs() } : {}),
    readPod: (namespace, name) => inventory.readPod(namespace, name),
    begin: async () => {
      await inventory.load()
      keepAdvancing()
    },
  }
}
