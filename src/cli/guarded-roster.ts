import type { Logger } from 'pino'
import { createConfigurationSource } from '../config/configuration-source.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { createRoster, type Roster } from '../policy/roster.ts'
import { logKept } from './reload-log.ts'
import type { ServedClusterOptions } from './served-cluster.ts'

/** A roster under a configuration that is kept current. */
export interface GuardedRoster {
  readonly roster: Roster
  configuration(): GuardConfiguration
  /** Lets time pass for the roster, from now on until the signal. */
  keepAdvancing(): void
}

const POLL_MS = 1000
const ADVANCE_EVERY_MS = 1000
// A mass loss of reports is judged in parts of a few milliseconds, with the reviews that come meanwhile in between.
const JUDGED_AT_ONCE = 500
const NEXT_PART_MS = 2

/** A clock that nobody sets: a report must not go stale, or stay fresh, because the time of day was corrected. */
export const nowMs = (): number => performance.now()

/** Reads the configuration, or rejects with a GuardError with every problem. */
export const openGuardedRoster = async (options: ServedClusterOptions): Promise<GuardedRoster> => {
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
  const roster = createRoster(configuration, options.onVerdict)
  return {
    roster,
    configuration: () => configuration,
    keepAdvancing: () => keepAdvancing(roster, logger, signal),
  }
}

const keepAdvancing = (roster: Roster, logger: Logger, signal: AbortSignal): void => {
  let timer: NodeJS.Timeout
  const step = (): void => {
    const { outageChanged, outage } = roster.advance(nowMs(), JUDGED_AT_ONCE)
    if (outageChanged) logger.warn({ outage }, outage ? 'most nodes are unverified: outage begins' : 'outage is over')
    timer = setTimeout(step, roster.pending ? NEXT_PART_MS : ADVANCE_EVERY_MS)
    timer.unref()
  }
  step()
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
