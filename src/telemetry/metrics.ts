import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import type { Outcome, Webhook } from '../admission/outcome.ts'
import type { State } from '../policy/reasons.ts'
import { DurationHistogram } from './duration-histogram.ts'
import { isStance, STATES } from './label-values.ts'
import { createReviewCounts, type ReviewCounts } from './review-counts.ts'

/** What is read of the running process at each scrape; null where there is nothing to tell yet. */
export interface MetricSources {
  stateCounts(): Readonly<Record<State, number>>
  inventoryAgeMs(): number | null
  /** The same by what the inventory is made of: the kinds of a cluster, or `file`. */
  inventoryAgesMs?(): Readonly<Record<string, number>>
  certificateNotAfterMs(): number | null
  inFlight(): number
  outage(): boolean
  droppedLogLines(): number
}

/** What the process tells the metrics as it happens. */
export interface Metrics {
  reviewed(webhook: Webhook, outcome: Outcome, durationMs: number): void
  bodyTooLarge(): void
  configurationReloaded(result: 'success' | 'failure', nowMs: number): void
}

/** Registers every metric of soci-guard, and Node's own process metrics, in the registry; docs/metrics.md lists them. */
export const createMetrics = (registry: Registry, sources: MetricSources, version: string): Metrics => {
  const counts = createReviewCounts()
  const durations = new DurationHistogram(registry)
  registerReviews(registry, counts)
  registerSources(registry, sources)
  registerBuildInfo(registry, version)
  const bodies = new Counter({
    name: 'soci_guard_body_limit_rejections_total',
    help: 'Requests refused with 413 because their body was larger than 7 MiB.',
    registers: [registry],
  })
  const configurationReloaded = registerReloads(registry)
  collectDefaultMetrics({ register: registry })
  return {
    reviewed(webhook, outcome, durationMs) {
      counts.count(webhook, outcome)
      durations.record(webhook, durationMs)
    },
    bodyTooLarge: () => bodies.inc(),
    configurationReloaded,
  }
}

const registerReviews = (registry: Registry, counts: ReviewCounts): void => {
  new Counter({
    name: 'soci_guard_reviews_total',
    help: 'Reviews answered, by webhook, effective mode, decision and reason.',
    labelNames: ['webhook', 'mode', 'decision', 'reason'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, value } of counts.entries()) this.inc({ ...labels }, value)
    },
  })
  new Counter({
    name: 'soci_guard_stance_total',
    help: 'Reviews that could not be judged, by webhook, error code and the answer given instead.',
    labelNames: ['webhook', 'code', 'answer'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, value } of counts.entries()) {
        if (isStance(labels.reason))
          this.inc({ webhook: labels.webhook, code: labels.reason, answer: labels.decision }, value)
      }
    },
  })
}

const registerSources = (registry: Registry, sources: MetricSources): void => {
  new Gauge({
    name: 'soci_guard_nodes',
    help: 'Nodes in the inventory, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const counts = sources.stateCounts()
      for (const state of STATES) this.set({ state }, counts[state])
    },
  })
  registerGauge(
    registry,
    'soci_guard_inventory_age_seconds',
    'Seconds since the inventory was last known to be current.',
    () => seconds(sources.inventoryAgeMs()),
  )
  new Gauge({
    name: 'soci_guard_inventory_kind_age_seconds',
    help: 'Seconds since this part of the inventory was last known to be current.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, ageMs] of Object.entries(sources.inventoryAgesMs?.() ?? {})) this.set({ kind }, ageMs / 1000)
    },
  })
  registerGauge(
    registry,
    'soci_guard_certificate_expiry_timestamp_seconds',
    'When the served certificate expires, Unix time.',
    () => seconds(sources.certificateNotAfterMs()),
  )
  registerGauge(registry, 'soci_guard_in_flight_reviews', 'Reviews being received or answered.', () =>
    sources.inFlight(),
  )
  registerGauge(
    registry,
    'soci_guard_outage',
    '1 while so many report nodes are Unverified that the outage rule applies.',
    () => (sources.outage() ? 1 : 0),
  )
  new Counter({
    name: 'soci_guard_log_lines_dropped_total',
    help: 'Log lines lost because nobody read the log fast enough.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(sources.droppedLogLines())
    },
  })
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000)

// A gauge that has nothing to tell shows no sample: 0 would be read as "just now" or "expired in 1970".
const registerGauge = (registry: Registry, name: string, help: string, read: () => number | null): void => {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read()
      if (value === null) this.remove()
      else this.set(value)
    },
  })
}

const registerReloads = (registry: Registry): Metrics['configurationReloaded'] => {
  const reloads = new Counter({
    name: 'soci_guard_configuration_reloads_total',
    help: 'Attempts to load the configuration, by result; a failure keeps the last good one.',
    labelNames: ['result'],
    registers: [registry],
  })
  reloads.inc({ result: 'success' }, 0)
  reloads.inc({ result: 'failure' }, 0)
  let lastSuccessMs: number | null = null
  registerGauge(
    registry,
    'soci_guard_configuration_last_success_timestamp_seconds',
    'When the configuration was last loaded, Unix time.',
    () => seconds(lastSuccessMs),
  )
  return (result, nowMs) => {
    reloads.inc({ result })
    if (result === 'success') lastSuccessMs = nowMs
  }
}

const registerBuildInfo = (registry: Registry, version: string): void => {
  const info = new Gauge({
    name: 'soci_guard_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  })
  info.set({ version, node_version: process.versions.node }, 1)
}
