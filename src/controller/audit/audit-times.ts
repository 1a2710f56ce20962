import type { LedgerTimes } from './event-ledger.ts'

/** How often an audit does what, milliseconds. */
export interface AuditTimes extends LedgerTimes {
  /** Between two looks at the pods while nothing changes. */
  readonly intervalMs: number
  /** Between two looks at least, also when verdicts change. */
  readonly soonMs: number
  /** Between two looks at which kinds of report there are. */
  readonly discoveryMs: number
  /** How long a stop waits for what is under way. */
  readonly stopMs: number
}

/** The times of a controller that looks at the pods every `intervalMs`. */
export const auditTimes = (intervalMs: number): AuditTimes => ({
  intervalMs,
  soonMs: Math.min(10_000, intervalMs),
  // The API server forgets an Event after an hour unless it is told otherwise.
  repeatMs: 1_800_000,
  quietMs: 600_000,
  discoveryMs: 300_000,
  stopMs: 2000,
})
