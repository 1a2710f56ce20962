import { Histogram, type Registry } from 'prom-client'
import type { Webhook } from '../admission/outcome.ts'
import { WEBHOOKS } from './label-values.ts'

/** Seconds, from what a decision takes (0.1 ms and less) to what an API server waits by default (10 s). */
export const DURATION_BUCKETS_SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

const NAME = 'soci_guard_review_duration_seconds'
const HELP = 'Time from a whole request body to its answer, by webhook.'

/**
 * A prom-client histogram that keeps its own cells: prom-client's observe() hashes labels on every call, which would cost more
 * than the decision that is measured. All three series exist from the start.
 */
export class DurationHistogram extends Histogram<'webhook' | 'le'> {
  readonly #cells: ReadonlyMap<Webhook, Cells>

  constructor(registry: Registry) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['webhook'],
      buckets: [...DURATION_BUCKETS_SECONDS],
      registers: [registry],
    })
    this.#cells = new Map(
      WEBHOOKS.map(webhook => [
        webhook,
        { buckets: new Float64Array(DURATION_BUCKETS_SECONDS.length + 1), sumSeconds: 0 },
      ]),
    )
  }

  /** Counts one review that took `durationMs`. */
  record(webhook: Webhook, durationMs: number): void {
    const cells = this.#cells.get(webhook)
    if (cells === undefined) throw new Error(`no webhook is called ${JSON.stringify(webhook)}`)
    const seconds = durationMs / 1000
    let bucket = 0
    while (seconds > (DURATION_BUCKETS_SECONDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1
    cells.buckets[bucket] = (cells.buckets[bucket] ?? 0) + 1
    cells.sumSeconds += seconds
  }

  override async get() {
    return this.getForPromString()
  }

  /** What prom-client's registry reads when it prints the metrics. */
  async getForPromString() {
    const values = [...this.#cells].flatMap(([webhook, cells]) => samplesOf(webhook, cells))
    // prom-client's types declare an enum where its code has words.
    return { name: NAME, help: HELP, type: 'histogram' as never, aggregator: 'sum' as const, collect: () => {}, values }
  }
}

interface Cells {
  /** One count for each bound and a last one for what is beyond them, not cumulative. */
  readonly buckets: Float64Array
  sumSeconds: number
}

const samplesOf = (webhook: Webhook, { buckets, sumSeconds }: Cells) => {
  let count = 0
  const cumulative = Array.from(buckets, (inBucket, place) => {
    count += inBucket
    return {
      metricName: `${NAME}_bucket`,
      labels: { le: DURATION_BUCKETS_SECONDS[place] ?? '+Inf', webhook },
      value: count,
    }
  })
  return [
    ...cumulative,
    { metricName: `${NAME}_sum`, labels: { webhook }, value: sumSeconds },
    { metricName: `${NAME}_count`, labels: { webhook }, value: count },
  ]
}
