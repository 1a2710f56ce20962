import type { Audited } from './audit-count.ts'

/** What can come of an Event or of a report. */
export type WriteResult = 'written' | 'removed' | 'failed'

/** Told by the audit what happens. */
export interface AuditRecorder {
  /** A look at the pods is over; what is known from now on. */
  audited(audited: Audited, durationMs: number): void
  /** A look at the pods broke off; what was known stays. */
  failed(durationMs: number): void
  event(result: WriteResult): void
  report(result: WriteResult): void
  /** How many reports there are now, and of which apiVersion; '' without a kind of report in the cluster. */
  reports(apiVersion: string, count: number): void
}
