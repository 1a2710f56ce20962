import { Counter, collectDefaultMetrics, type Registry } from 'prom-client'
import { registerBuildInfo } from './build-info.ts'
import { type ClusterSources, registerCluster } from './cluster-gauges.ts'
import { registerReloads } from './reload-metrics.ts'

/** What is read of the running controller at each scrape. */
export interface ControllerMetricSources extends ClusterSources {
  droppedLogLines(): number
}

/** Registers what is told of the controller as a process and of what it follows; its parts register their own. */
export const createControllerMetrics = (
  registry: Registry,
  sources: ControllerMetricSources,
  version: string,
): { configurationReloaded(result: 'success' | 'failure', nowMs: number): void } => {
  registerCluster(registry, sources)
  new Counter({
    name: 'soci_guard_log_lines_dropped_total',
    help: 'Log lines lost because nobody read the log fast enough.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(sources.droppedLogLines())
    },
  })
  registerBuildInfo(registry, version)
  const configurationReloaded = registerReloads(registry)
  collectDefaultMetrics({ register: registry })
  return { configurationReloaded }
}
