import type { Webhook } from '../admission/outcome.ts'
import type { ReviewRequest } from '../admission/review-request.ts'
import { readSubject } from '../admission/subject.ts'

/** The webhook that an API server would send such a review to: bindings, then pods where it judges them, else advisory. */
export const webhookOf = (request: ReviewRequest): Webhook => {
  const judges = (webhook: Webhook): boolean => readSubject(webhook, request).kind !== 'irrelevant'
  if (judges('bindings')) return 'bindings'
  return judges('pods') ? 'pods' : 'advisory'
}
