import type { Outcome, Webhook } from './outcome.ts'
import type { ReviewRequest } from './review-request.ts'

/** Told of every review that was answered, once; the request is null when it could not be read. */
export type ReviewRecorder = (
  webhook: Webhook,
  requestUid: string,
  request: ReviewRequest | null,
  outcome: Outcome,
  durationMs: number,
) => void
