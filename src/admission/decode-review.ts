// From the picked value to a ReviewRequest, by hand from `unknown`. Only the envelope is checked here; what is inside object and
// oldObject is checked where it is read. Fields that are not known do not matter: Kubernetes adds new ones.

import type { GuardErrorCode, Problem } from '../errors.ts'
import { describeJson, Fields } from './json-fields.ts'
import { isJsonObject } from './own-member.ts'
import type { GroupVersionKind, GroupVersionResource, ReviewRequest, ReviewUser } from './review-request.ts'
import { readReviewUid } from './review-uid.ts'

/** The request of a review, or why it has none; `uid` is there whenever an answer to the review can be formed. */
export type DecodedReview =
  | { readonly ok: true; readonly request: ReviewRequest }
  | { readonly ok: false; readonly uid: string | null; readonly code: GuardErrorCode; readonly message: string }

/** Decodes a picked AdmissionReview of admission.k8s.io/v1; the message of a failure names every wrong field. */
export const decodeReview = (review: unknown): DecodedReview => {
  if (!isJsonObject(review)) return notAReview(`the body is ${describeJson(review)}`)
  const { apiVersion, kind, request } = review
  if (kind !== 'AdmissionReview') return notAReview(`kind is ${describeJson(kind)}`)
  if (apiVersion !== 'admission.k8s.io/v1') return wrongVersion(apiVersion)
  if (!isJsonObject(request)) return notAReview(`request is ${describeJson(request)}`)
  const problems: Problem[] = []
  const decoded = decodeRequest(new Fields(request, 'request', problems))
  return problems.length === 0 ? { ok: true, request: decoded } : invalidReview(readReviewUid(review), problems)
}

const decodeRequest = (fields: Fields): ReviewRequest => ({
  uid: fields.requiredString('uid'),
  operation: fields.oneOf('operation', ['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  resource: decodeResource(fields.requiredInner('resource')),
  subResource: fields.string('subResource'),
  kind: decodeKind(fields.requiredInner('kind')),
  name: fields.string('name'),
  namespace: fields.string('namespace'),
  dryRun: fields.boolean('dryRun'),
  user: decodeUser(fields.inner('userInfo')),
  object: fields.object('object'),
  oldObject: fields.object('oldObject'),
})

const decodeResource = (fields: Fields): GroupVersionResource => ({
  group: fields.string('group'),
  version: fields.string('version'),
  resource: fields.requiredString('resource'),
})

const decodeKind = (fields: Fields): GroupVersionKind => ({
  group: fields.string('group'),
  version: fields.string('version'),
  kind: fields.requiredString('kind'),
})

const decodeUser = (fields: Fields): ReviewUser => ({
  username: fields.string('username'),
  groups: fields.strings('groups'),
})

const notAReview = (found: string): DecodedReview => ({
  ok: false,
  uid: null,
  code: 'SOCI_GUARD_NOT_A_REVIEW',
  message: `expected an AdmissionReview with a request, as the API server sends it, but ${found}`,
})

const wrongVersion = (apiVersion: unknown): DecodedReview => {
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith('admission.k8s.io/')) {
    return notAReview(`apiVersion is ${describeJson(apiVersion)}`)
  }
  return {
    ok: false,
    // The API server refuses an answer in another version than it asked in, so there is no review to answer with.
    uid: null,
    code: 'SOCI_GUARD_REVIEW_VERSION',
    message: `expected apiVersion admission.k8s.io/v1, found ${describeJson(apiVersion)}; set admissionReviewVersions: ["v1"] in the webhook configuration`,
  }
}

const invalidReview = (uid: string | null, problems: readonly Problem[]): DecodedReview => {
  const found = problems.map(problem => `${problem.path}: ${problem.message}`).join('; ')
  return { ok: false, uid, code: 'SOCI_GUARD_REVIEW_INVALID', message: `the AdmissionReview is invalid: ${found}` }
}
