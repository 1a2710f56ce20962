import type { Logger } from 'pino'
import type { Outcome } from '../admission/outcome.ts'
import type { ReviewRecorder } from '../admission/review-recorder.ts'
import { auditLine } from './audit-line.ts'
import { isStance } from './label-values.ts'
import type { Metrics } from './metrics.ts'

/** Counts each review, and writes its audit line: at warn for what could not be judged, info for a violation, else debug. */
export const createRecorder =
  (metrics: Pick<Metrics, 'reviewed'>, logger: Logger): ReviewRecorder =>
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
