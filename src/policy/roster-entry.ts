import type { NodeReport } from '../report/node-report.ts'
import type { NodeFacts } from './node-facts.ts'
import type { NodeVerdict } from './node-verdict.ts'

/** What the roster keeps of one node. */
export interface RosterEntry {
  facts: NodeFacts
  readonly slot: number
  verdict: NodeVerdict
  /** The last moment at which the verdict holds without news; Infinity when time alone cannot change it. */
  validUntilMs: number
  /** How the node counts for the outage, by its verdict when nothing is held. */
  standing: EvidenceStanding
}

/** Whether a node is judged by its report at all, and if so whether that report is worth anything. */
export type EvidenceStanding = 'notCounted' | 'told' | 'unverified'

/** A report and when, by our own clock, it was last seen to move. */
export interface TimedReport {
  readonly report: NodeReport
  readonly movedAtMs: number
}
