import type { Outcome, Webhook } from '../admission/outcome.ts'
import { ownMember } from '../admission/own-member.ts'
import { objectName } from '../admission/pod-template.ts'
import type { ReviewRequest } from '../admission/review-request.ts'

/** The fields of one audit line, flat, in the order in which they are written; docs/audit.md explains each. */
export interface AuditLine {
  readonly event: 'review'
  readonly webhook: Webhook
  readonly requestUid: string
  readonly user: string
  readonly operation: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly node: string
  readonly decision: string
  readonly mode: string
  readonly state: string
  readonly reason: string
  readonly evidence: string
  readonly exempt?: string
  readonly dryRun: boolean
  readonly durationMs: number
  readonly message: string
}

/** What is logged of one review: never the object under review; '' for what a request that could not be read did not tell. */
export const auditLine = (
  webhook: Webhook,
  requestUid: string,
  request: ReviewRequest | null,
  outcome: Outcome,
  durationMs: number,
): AuditLine => ({
  event: 'review',
  webhook,
  requestUid: capped(requestUid),
  ...requestFields(request),
  node: capped(outcome.node),
  decision: outcome.decision,
  mode: outcome.mode,
  state: outcome.state,
  reason: outcome.reason,
  evidence: outcome.evidence,
  ...(outcome.exempt === '' ? {} : { exempt: outcome.exempt }),
  dryRun: request?.dryRun ?? false,
  durationMs: Math.round(durationMs * 1000) / 1000,
  message: outcome.message,
})

const requestFields = (request: ReviewRequest | null) =>
  request === null
    ? { user: '', operation: '', resource: '', namespace: '', name: '' }
    : {
        user: capped(request.user.username),
        operation: request.operation,
        resource: capped(resourceOf(request)),
        namespace: capped(request.namespace),
        name: capped(nameOf(request)),
      }

const resourceOf = ({ resource, subResource }: ReviewRequest): string => {
  const qualified = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
  return subResource === '' ? qualified : `${qualified}/${subResource}`
}

// The API server names an object that has only a generateName after this review: then that is what can be told.
const nameOf = ({ name, object }: ReviewRequest): string =>
  name === '' ? objectName(ownMember(object, 'metadata')) : name

// Names in Kubernetes have at most 253 characters, but a user name from a certificate or a token has no limit, and neither has
// anything in a request that no API server sent.
const MAX_FIELD_LENGTH = 256

const capped = (text: string): string =>
  text.length <= MAX_FIELD_LENGTH ? text : `${text.slice(0, MAX_FIELD_LENGTH - 1)}…`
