import type { NodeReport } from '../report/node-report.ts'
import type { NodeFacts } from './node-facts.ts'
import type { Reason } from './reasons.ts'

/** What a rule found wrong: the reason, one clause that says what was found (no full stop), and what to do. */
export interface Finding {
  readonly reason: Exclude<Reason, ''>
  /** For example "3 containers of this boot run in overlayfs although soci is now the default". */
  readonly found: string
  /** Only where the catalogue's remedy for the reason does not fit. */
  readonly remedy?: string
}

/** A rule over the Node object alone; null when it has nothing to say. */
export type NodeRule = (node: NodeFacts) => Finding | null

/** What decides whether a report may speak for its node at all. */
export interface TrustInput {
  readonly node: NodeFacts
  readonly report: NodeReport
  readonly fresh: boolean
  readonly reportTTLMs: number
}

/** A rule about whether to believe a report; null when it sees no reason not to. */
export type TrustRule = (input: TrustInput) => Finding | null

/** A rule over the facts of a believed report; null when it has nothing to say. */
export type ReportRule = (report: NodeReport, expectedSnapshotter: string) => Finding | null
