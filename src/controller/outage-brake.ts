// The same outage that the webhook sees, and its signs before: when agents fall silent their reports go stale one after the other,
// and by the time that most are, half of the nodes would have been tainted.
import type { GuardConfiguration } from '../policy/configuration.ts'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import { isJudgedByReport, isOutage } from '../policy/outage.ts'
import type { BrakeLevel, GradedBrake } from './brake.ts'
import type { VerdictFeed } from './verdict-feed.ts'

/** What the brake looks at. */
export interface OutageBrakeOptions {
  readonly feed: VerdictFeed
  /** When the node's report was last seen to move. */
  readonly reportMovedAtMs: (name: string) => number | undefined
  readonly configuration: () => Pick<GuardConfiguration, 'outage' | 'reportTTLMs'>
  /** A clock that nobody sets. */
  readonly nowMs: () => number
}

// A look at 15,000 nodes takes a millisecond; nobody needs one more often.
const LOOK_EVERY_MS = 100
// Agents renew their reports well within half of the time to live.
const LATE_AFTER = 2 / 3
// The first of the agents that come back must not leave the last ones without the brake.
const CALM_FOR = 1 / 5
const MAX_CALM_MS = 30_000

interface Tally {
  readonly judged: number
  readonly unverified: number
  readonly late: number
}

/** A brake that is off. It goes on at once; an outage that is over leaves it `late` for a fifth of a report's time to live. */
export const createOutageBrake = (options: OutageBrakeOptions): GradedBrake => {
  const { feed, nowMs } = options
  let level: BrakeLevel = 'off'
  let tally: Tally = { judged: 0, unverified: 0, late: 0 }
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let calmSinceMs = Number.NEGATIVE_INFINITY

  const count = (now: number): Tally => {
    const lateAfterMs = options.configuration().reportTTLMs * LATE_AFTER
    let judged = 0
    let unverified = 0
    let late = 0
    for (const name of feed.names()) {
      const verdict = feed.verdictOf(name)
      if (verdict === undefined || !isJudgedByReport(verdict)) continue
      judged += 1
      if (isUnverified(verdict)) unverified += 1
      else if (now - (options.reportMovedAtMs(name) ?? now) > lateAfterMs) late += 1
    }
    return { judged, unverified, late }
  }

  const look = (): void => {
    const now = nowMs()
    if (now - lookedAtMs < LOOK_EVERY_MS) return
    lookedAtMs = now
    tally = count(now)
    const { outage, reportTTLMs } = options.configuration()
    if (outage.answer !== 'hold') {
      level = 'off'
      return
    }
    const found = levelOf(tally, outage)
    if (found !== 'off') calmSinceMs = now
    const isCalm = now - calmSinceMs > Math.min(MAX_CALM_MS, reportTTLMs * CALM_FOR)
    level = found === 'off' && !isCalm ? 'late' : found
  }

  return {
    level: () => {
      look()
      return level
    },
    reason: () => {
      look()
      if (level === 'off') return null
      return calmSinceMs < lookedAtMs ? JUST_OVER : reasonOf(level, tally)
    },
  }
}

const isUnverified = ({ state, advisories }: NodeVerdict): boolean =>
  state === 'Unverified' || advisories.includes('EvidenceHeld')

const levelOf = ({ judged, unverified, late }: Tally, outage: GuardConfiguration['outage']): BrakeLevel => {
  if (isOutage({ judgedByReport: judged, unverified }, outage)) return 'outage'
  return isOutage({ judgedByReport: judged, unverified: unverified + late }, outage) ? 'late' : 'off'
}

const JUST_OVER = 'the agents are coming back: no node is tainted for lack of evidence for a moment yet'

const reasonOf = (level: BrakeLevel, { judged, unverified, late }: Tally): string => {
  const counts = `${unverified} of the ${judged} nodes judged by reports are Unverified, and the reports of ${late} more are overdue`
  return level === 'outage'
    ? `${counts}: no node is tainted, and what is held against nodes stays, until the agents are back`
    : `${counts}: no node is tainted for lack of evidence until the agents are back`
}
