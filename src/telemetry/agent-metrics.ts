// A few metrics for each node. Node's own are left out but for two: prom-client's collector of them wakes the process a hundred
// times a second, on every node.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { registerGauge, seconds } from './optional-gauge.ts'

/** What is read of the running agent at each scrape; null where there is nothing to tell yet. */
export interface AgentSources {
  /** Whether the report that the API server holds says verified: true. */
  verified(): boolean
  mixed(): boolean
  sequence(): number
  lastPublishMs(): number | null
}

/** What the agent tells the metrics as it happens. */
export interface AgentMetrics {
  changed(): void
  swept(result: 'success' | 'failure', durationMs: number): void
  streamLost(): void
  publishEnded(result: string): void
}

/** What a publication can come to; all are there from the start, so that a rate can be taken of the first failure. */
export const PUBLISH_RESULTS = [
  'published',
  'conflict',
  'denied',
  'forbidden',
  'notServed',
  'nodeMissing',
  'invalid',
  'throttled',
  'unavailable',
  'unexpected',
] as const

const SWEEP_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Registers every metric of the agent in the registry; docs/metrics.md lists them. */
export const createAgentMetrics = (registry: Registry, sources: AgentSources, version: string): AgentMetrics => {
  const registers = [registry]
  const events = new Counter({
    name: 'soci_guard_agent_events_total',
    help: 'Events of containerd that made the agent look again.',
    registers,
  })
  const losses = new Counter({
    name: 'soci_guard_agent_stream_losses_total',
    help: "How often containerd's events broke off, or could not be followed.",
    registers,
  })
  const sweeps = new Histogram({
    name: 'soci_guard_agent_sweep_duration_seconds',
    help: 'Time to read everything that a report is made of, by result.',
    labelNames: ['result'],
    buckets: SWEEP_BUCKETS_SECONDS,
    registers,
  })
  const publishes = new Counter({
    name: 'soci_guard_agent_publishes_total',
    help: 'Reports sent to the API server, by what came of it.',
    labelNames: ['result'],
    registers,
  })
  for (const result of PUBLISH_RESULTS) publishes.inc({ result }, 0)
  registerState(registry, sources)
  registerProcess(registry, version)
  return {
    changed: () => events.inc(),
    swept: (result, durationMs) => sweeps.observe({ result }, durationMs / 1000),
    streamLost: () => losses.inc(),
    publishEnded: result => publishes.inc({ result }),
  }
}

const registerState = (registry: Registry, sources: AgentSources): void => {
  registerGauge(
    registry,
    'soci_guard_agent_verified',
    '1 while the report that the API server holds says verified: true.',
    () => (sources.verified() ? 1 : 0),
  )
  registerGauge(registry, 'soci_guard_agent_mixed', '1 once the node was seen mixed in this boot.', () =>
    sources.mixed() ? 1 : 0,
  )
  registerGauge(registry, 'soci_guard_agent_sequence', 'The number of the last report.', sources.sequence)
  registerGauge(
    registry,
    'soci_guard_agent_last_publish_timestamp_seconds',
    'When the API server last took a report, Unix time.',
    () => seconds(sources.lastPublishMs()),
  )
}

const registerProcess = (registry: Registry, version: string): void => {
  registerGauge(registry, 'process_resident_memory_bytes', 'Resident memory size in bytes.', () =>
    process.memoryUsage.rss(),
  )
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1_000_000)
    },
  })
  const info = new Gauge({
    name: 'soci_guard_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  })
  info.set({ version, node_version: process.versions.node }, 1)
}
