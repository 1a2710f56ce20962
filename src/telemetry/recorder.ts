import type { Logger } from 'pino'
import type { Outcome, Webhook } from '../admission/outcome.ts'
import type { ReviewRequest } from '../admission/review-request.ts'
import { auditLine } from './audit-line.ts'
import { isStance } from './label-values.ts'
import type { Metrics } from './metrics.ts'

/** Counts a review and writes its audit line; the request is null when it could not be read. */
export type RecordReview = (
  webhook: Webhook,
  requestUid: string,
  request: ReviewRequest | null,
  outcome: Outcome,
  durationMs: number,
) => void

/** One line at warn for what could not be judged, at info for a violation in any mode, and at debug for what was allowed. */
export const createRecorder =
  (metrics: Pick<Metrics, 'reviewed'>, logger: Logger): RecordReview =>
  (webhook, requestUid, request, outcome, durationMs) => {
    metrics.reviewed(webhook, outcome, durationMs)
    const level = levelOf(outcome)
    // Asked first, because on a healthy cluster nearly every review is allowed and nobody reads those lines.
    if (logger.isLevelEnabled(level))
      logger[level](auditLine(webhook, requestUid, request, outcome, durationMs), 'review')
  }

const levelOf = ({ decision, reason }: Outcome): 'debug' | 'info' | 'warn' => {
  if (decision === 'allow') return 'debug'
  return isStance(reason) ? 'warn' : 'info'
}
