import type { GuardConfiguration } from './configuration.ts'
import type { NodeVerdict } from './node-verdict.ts'

/** How many nodes reports decide, and how many of those are Unverified when nothing is held. */
export interface EvidenceTally {
  readonly judgedByReport: number
  readonly unverified: number
}

/** True when more than the configured fraction of the nodes judged by reports are Unverified at once. */
export const isOutage = (
  { judgedByReport, unverified }: EvidenceTally,
  { fraction }: Pick<GuardConfiguration['outage'], 'fraction'>,
): boolean => judgedByReport > 0 && unverified / judgedByReport > fraction

/** True when the node counts for the outage: a report decides about it, and the answer would matter to somebody. */
export const isJudgedByReport = ({ evidence, mode, reason }: NodeVerdict): boolean =>
  evidence === 'report' &&
  mode !== 'off' &&
  reason !== 'UnsupportedOperatingSystem' &&
  reason !== 'NotContainerd' &&
  reason !== 'NodeNotFound'
