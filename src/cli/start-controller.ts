// Where the edges of the controller meet: the API server, the parts that write to it, metrics and log.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { Registry } from 'prom-client'
import type { Settings } from '../config/settings.ts'
import type { ControllerPart } from '../controller/controller-part.ts'
import { createOutageBrake } from '../controller/outage-brake.ts'
import { createVerdictFeed } from '../controller/verdict-feed.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { listen } from '../server/listen.ts'
import { createOpsServer, type ReadinessCheck } from '../server/ops-server.ts'
import { type ControllerMetricSources, createControllerMetrics } from '../telemetry/controller-metrics.ts'
import type { BufferedLogger } from '../telemetry/logger.ts'
import { allAddresses } from './all-addresses.ts'
import { type ControlledCluster, openControlledCluster } from './controlled-cluster.ts'
import type { ControllerContext } from './controller-context.ts'
import { partsAtOnce, partsOfVerdicts } from './controller-parts.ts'
import { nowMs } from './guarded-roster.ts'
import { VERSION } from './version.ts'

/** What a controller is made from. */
export interface StartControllerOptions {
  readonly settings: Settings<'controller'>
  readonly connection: ApiConnection
  readonly log: BufferedLogger
}

/** A controller that runs. */
export interface StartedController {
  readonly opsAddress: AddressInfo
  /** Ends every part, then the connections. */
  stop(): Promise<void>
}

interface Parts {
  cluster?: ControlledCluster
  started: ControllerPart[]
}

const NO_NODES = { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 0 } as const

/** Starts everything; rejects with a GuardError when the configuration is wrong or the ops port is taken. All else may mend itself. */
export const startController = async (options: StartControllerOptions): Promise<StartedController> => {
  const { settings, connection, log } = options
  const { logger } = log
  const stopping = new AbortController()
  const parts: Parts = { started: [] }
  const registry = new Registry()
  const metrics = createControllerMetrics(registry, sourcesOf(parts, log), VERSION)
  const ops = createOpsServer({
    get checks() {
      return readinessOf(parts)
    },
    remarks: () => parts.started.flatMap(part => part.remarks?.() ?? []),
    metrics: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  })
  const begin = (some: readonly ControllerPart[]): void => {
    parts.started.push(...some)
    for (const part of some) part.start()
  }
  const { feed, take } = createVerdictFeed()
  try {
    const opsAddress = await listen(ops, settings.opsHost ?? allAddresses(), settings.opsPort)
    const cluster = await openControlledCluster({
      config: settings.config,
      connection,
      logger,
      signal: stopping.signal,
      configurationReloaded: result => metrics.configurationReloaded(result, Date.now()),
      onVerdict: take,
      onLoaded: () => begin(partsOfVerdicts(context)),
    })
    const brake = createOutageBrake({
      feed,
      reportMovedAtMs: cluster.roster.reportMovedAtMs,
      configuration: () => cluster.view().configuration,
      nowMs,
    })
    const context: ControllerContext = {
      ...{ settings, connection, cluster, feed, brake, registry, logger, nowMs },
      instance: hostname(),
      wallMs: Date.now,
      random: Math.random,
      signal: stopping.signal,
    }
    parts.cluster = cluster
    begin(partsAtOnce(context))
    await cluster.begin()
    const stop = async (): Promise<void> => {
      await Promise.all(parts.started.map(part => part.stop()))
      stopping.abort()
      connection.close()
      await closeAtOnce(ops)
    }
    return { opsAddress, stop }
  } catch (error) {
    stopping.abort()
    connection.close()
    await closeAtOnce(ops)
    throw error
  }
}

const closeAtOnce = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const readinessOf = ({ cluster }: Parts): readonly ReadinessCheck[] =>
  cluster?.conditions ?? [{ name: 'inventory', check: () => 'not loaded yet' }]

const sourcesOf = (parts: Parts, log: BufferedLogger): ControllerMetricSources => ({
  stateCounts: () => parts.cluster?.roster.stateCounts() ?? NO_NODES,
  inventoryAgeMs: () => {
    const agesMs = Object.values(parts.cluster?.agesMs() ?? {})
    return agesMs.length === 0 ? null : Math.max(...agesMs)
  },
  inventoryAgesMs: () => parts.cluster?.agesMs() ?? {},
  outage: () => parts.cluster?.roster.outage ?? false,
  droppedLogLines: log.droppedLines,
})
