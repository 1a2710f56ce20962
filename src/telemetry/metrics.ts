import { Counter, collectDefaultMetrics, type Registry } from 'prom-client'
import type { Outcome, Webhook } from '../admission/outcome.ts'
import { registerBuildInfo } from './build-info.ts'
import { type ClusterSources, registerCluster } from './cluster-gauges.ts'
import { DurationHistogram } from './duration-histogram.ts'
import { isStance } from './label-values.ts'
import { registerGauge, seconds } from './optional-gauge.ts'
import { registerReloads } from './reload-metrics.ts'
import { createReviewCounts, type ReviewCounts } from './review-counts.ts'

/** What is read of the running process at each scrape; null where there is nothing to tell yet. */
export interface MetricSources extends ClusterSources {
  certificateNotAfterMs(): number | null
  inFlight(): number
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
  registerCluster(registry, sources)
  registerProcess(registry, sources)
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

const registerProcess = (registry: Registry, sources: MetricSources): void => {
  registerGauge(
    registry,
    'soci_guard_certificate_expiry_timestamp_seconds',
    'When the served certificate expires, Unix time.',
    () => seconds(sources.certificateNotAfterMs()),
  )
  registerGauge(registry, 'soci_guard_in_flight_reviews', 'Reviews being received or answered.', () =>
    sources.inFlight(),
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
