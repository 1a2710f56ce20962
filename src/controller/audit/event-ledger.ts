// Which findings are worth an Event now. It holds state but knows no clock: the time comes in as an argument.

import type { AuditFinding } from './audit-finding.ts'

/** An Event to write. */
export interface DueEvent {
  readonly finding: AuditFinding
  /** 1 for the first time; an Event of the same name is then there already and only its count changes. */
  readonly count: number
}

/** How often something is said. */
export interface LedgerTimes {
  /** While a finding lasts it is said again as often as this, because the API server forgets Events after an hour. */
  readonly repeatMs: number
  /** About one object nothing new is said within this time, however often its state changes. */
  readonly quietMs: number
}

/** How many objects something may be said about. */
export interface LedgerLimits {
  readonly maxEvents: number
  readonly maxObjects: number
}

/** Remembers what was said about each object. */
export interface EventLedger {
  /** What should be said now, what was never said first; at most `maxEvents`. */
  due(findings: readonly AuditFinding[], nowMs: number): DueEvent[]
  /** To be called for each that has been said, or that cannot be. */
  said(event: DueEvent, nowMs: number): void
}

interface Entry {
  readonly codes: string
  readonly count: number
  readonly saidMs: number
}

/** A ledger in which nothing has been said. */
export const createEventLedger = (times: LedgerTimes, limits: LedgerLimits): EventLedger => {
  const entries = new Map<string, Entry>()

  const countFor = ({ key, codes }: AuditFinding, nowMs: number): number | null => {
    const said = entries.get(key)
    if (said === undefined) return 1
    const sinceMs = nowMs - said.saidMs
    if (said.codes !== codes) return sinceMs >= times.quietMs ? 1 : null
    return sinceMs >= times.repeatMs ? said.count + 1 : null
  }

  // What has gone away is remembered as long as it would have to be kept quiet about, should it come back.
  const forget = (nowMs: number): void => {
    for (const [key, { saidMs }] of entries) {
      if (nowMs - saidMs > Math.max(times.quietMs, 2 * times.repeatMs)) entries.delete(key)
    }
  }

  return {
    due: (findings, nowMs) => {
      forget(nowMs)
      let room = limits.maxObjects - entries.size
      const due = findings.flatMap(finding => {
        const count = countFor(finding, nowMs)
        if (count === null || (!entries.has(finding.key) && room-- <= 0)) return []
        return [{ finding, count }]
      })
      // Sorting is stable: nodes come before workloads among the new ones too.
      return due.sort((one, other) => Math.min(one.count, 2) - Math.min(other.count, 2)).slice(0, limits.maxEvents)
    },
    said: ({ finding, count }, nowMs) => {
      entries.set(finding.key, { codes: finding.codes, count, saidMs: nowMs })
    },
  }
}
