// prom-client hashes its labels on every increment, about a microsecond; one array cell for each combination costs a few
// nanoseconds, and the cells are handed to prom-client when somebody scrapes.
import type { Decision, Outcome, Webhook } from '../admission/outcome.ts'
import type { GuardErrorCode } from '../errors.ts'
import type { Mode } from '../policy/mode.ts'
import type { Reason } from '../policy/reasons.ts'
import { DECISIONS, MODE_LABELS, NODE_REASONS, REASON_LABELS, WEBHOOKS } from './label-values.ts'

/** The labels of one count. */
export interface ReviewLabels {
  readonly webhook: Webhook
  readonly mode: Mode | ''
  readonly decision: Decision
  readonly reason: Reason | GuardErrorCode
}

/** Counts reviews by webhook, mode, decision and reason. */
export interface ReviewCounts {
  count(webhook: Webhook, outcome: Pick<Outcome, 'mode' | 'decision' | 'reason'>): void
  /** Every combination that was counted, and those expected ones that were not yet, with 0. */
  entries(): { labels: ReviewLabels; value: number }[]
}

/** All counts at zero. */
export const createReviewCounts = (): ReviewCounts => {
  const cells = new Float64Array(WEBHOOKS.length * MODE_LABELS.length * DECISIONS.length * REASON_LABELS.length)
  const expected = new Set(expectedLabels().map(({ webhook, ...outcome }) => cellOf(webhook, outcome)))
  return {
    count(webhook, outcome) {
      const cell = cellOf(webhook, outcome)
      cells[cell] = (cells[cell] ?? 0) + 1
    },
    entries: () =>
      Array.from(cells, (value, cell) => ({ labels: labelsOf(cell), value })).filter(
        ({ value }, cell) => value > 0 || expected.has(cell),
      ),
  }
}

const placesOf = (values: readonly string[]): ReadonlyMap<string, number> =>
  new Map(values.map((value, place) => [value, place]))

const WEBHOOK_PLACES = placesOf(WEBHOOKS)
const MODE_PLACES = placesOf(MODE_LABELS)
const DECISION_PLACES = placesOf(DECISIONS)
const REASON_PLACES = placesOf(REASON_LABELS)

const cellOf = (
  webhook: Webhook,
  { mode, decision, reason }: Pick<Outcome, 'mode' | 'decision' | 'reason'>,
): number => {
  const place = placeIn(WEBHOOK_PLACES, webhook) * MODE_LABELS.length + placeIn(MODE_PLACES, mode)
  return (
    (place * DECISIONS.length + placeIn(DECISION_PLACES, decision)) * REASON_LABELS.length +
    placeIn(REASON_PLACES, reason)
  )
}

const placeIn = (places: ReadonlyMap<string, number>, value: string): number => {
  const place = places.get(value)
  if (place === undefined) throw new Error(`${JSON.stringify(value)} is in no closed set of label values`)
  return place
}

const labelsOf = (cell: number): ReviewLabels => {
  const reason = cell % REASON_LABELS.length
  const decision = Math.floor(cell / REASON_LABELS.length)
  const mode = Math.floor(decision / DECISIONS.length)
  return {
    webhook: valueAt(WEBHOOKS, Math.floor(mode / MODE_LABELS.length)),
    mode: valueAt(MODE_LABELS, mode % MODE_LABELS.length),
    decision: valueAt(DECISIONS, decision % DECISIONS.length),
    reason: valueAt(REASON_LABELS, reason),
  }
}

const valueAt = <Value>(values: readonly Value[], place: number): Value => {
  const value = values[place]
  if (value === undefined) throw new Error(`no label value at ${place}`)
  return value
}

// A series must be there before its first event, or rate() misses that event: everything a healthy cluster can show.
const expectedLabels = (): ReviewLabels[] =>
  WEBHOOKS.flatMap(webhook => [
    ...MODE_LABELS.map(mode => ({ webhook, mode, decision: 'allow' as const, reason: '' as const })),
    ...NODE_REASONS.flatMap(reason => [
      {
        webhook,
        mode: 'enforce' as const,
        decision: webhook === 'advisory' ? ('warn' as const) : ('deny' as const),
        reason,
      },
      { webhook, mode: 'warn' as const, decision: 'warn' as const, reason },
      { webhook, mode: 'audit' as const, decision: 'audit' as const, reason },
    ]),
  ])
