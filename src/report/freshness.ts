import type { NodeReport } from './node-report.ts'

/** When the reader, by its own clock, last saw the report move; the node's clock (renewTime) is never compared with ours. */
export const reportMovedAtMs = (
  previous: { readonly report: NodeReport; readonly movedAtMs: number } | undefined,
  next: NodeReport,
  nowMs: number,
): number => (previous === undefined || hasMoved(previous.report, next) ? nowMs : previous.movedAtMs)

// A smaller sequence from the same reporter is an old copy (a relist from a lagging API server), which renews nothing; from
// another agent pod, boot or Node it is a new life that counts from its own start.
const hasMoved = (previous: NodeReport, next: NodeReport): boolean =>
  next.sequence > previous.sequence ||
  next.agent.podUID !== previous.agent.podUID ||
  next.bootID !== previous.bootID ||
  next.nodeUID !== previous.nodeUID

/** True while a report that moved at `movedAtMs` counts, up to and including the moment its time to live ends. */
export const isFresh = (movedAtMs: number, nowMs: number, ttlMs: number): boolean => nowMs - movedAtMs <= ttlMs
