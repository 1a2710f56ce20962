import type { Logger } from 'pino'
import type { ClusterView } from '../admission/cluster-view.ts'
import { createConfigurationSource } from '../config/configuration-source.ts'
import { createFileInventory, type FileInventory } from '../inventory/file-inventory.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { createRoster, type Roster } from '../policy/roster.ts'
import { logKept } from './reload-log.ts'

/** What a cluster kept in files needs; everything it watches ends with the signal. */
export interface FileClusterOptions {
  readonly config: string | undefined
  readonly inventory: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly configurationReloaded: (result: 'success' | 'failure') => void
}

/** The cluster as its files describe it at this moment. */
export interface FileCluster {
  readonly roster: Roster
  readonly inventory: FileInventory
  view(): ClusterView
  /** Reads the inventory for the first time, or rejects with a GuardError; from then on everything is kept current. */
  load(): Promise<void>
}

const POLL_MS = 1000
const ADVANCE_EVERY_MS = 1000
const RENEW_AT_MOST_EVERY_MS = 30_000

// A clock that nobody sets: a report must not go stale, or stay fresh, because the time of day was corrected.
const nowMs = (): number => performance.now()

// Three looks within a report's time to live, as agents renew theirs.
const renewMsFor = ({ reportTTLMs }: GuardConfiguration): number => Math.min(RENEW_AT_MOST_EVERY_MS, reportTTLMs / 3)

const advance = (roster: Roster, logger: Logger): void => {
  const { outageChanged, outage } = roster.advance(nowMs())
  if (outageChanged) logger.warn({ outage }, outage ? 'most nodes are unverified: outage begins' : 'outage is over')
}

/** Reads the configuration, or rejects with a GuardError with every problem; the inventory is read by `load`. */
export const openFileCluster = async (options: FileClusterOptions): Promise<FileCluster> => {
  const { logger, signal, configurationReloaded } = options
  const source = createConfigurationSource({
    path: options.config,
    pollMs: POLL_MS,
    onChange: changed => {
      configuration = changed
      roster.reconfigure(changed, nowMs())
      configurationReloaded('success')
      logger.info({ what: 'configuration' }, 'reloaded')
    },
    onError: error => {
      configurationReloaded('failure')
      logKept(logger, 'configuration', error)
    },
    signal,
  })
  let configuration = await source.load()
  configurationReloaded('success')
  const roster = createRoster(configuration)
  const inventory = createFileInventory({
    path: options.inventory,
    roster,
    nowMs,
    pollMs: POLL_MS,
    renewMs: () => renewMsFor(configuration),
    onReload: ({ nodes }) => logger.info({ what: 'inventory', nodes: nodes.size }, 'reloaded'),
    onError: error => logKept(logger, 'inventory', error),
    signal,
  })
  return {
    roster,
    inventory,
    view: () => ({ roster, configuration, nowMs: nowMs() }),
    load: async () => {
      await inventory.load()
      advance(roster, logger)
      const timer = setInterval(() => advance(roster, logger), ADVANCE_EVERY_MS)
      timer.unref()
      signal.addEventListener('abort', () => clearInterval(timer), { once: true })
    },
  }
}
