// The one place that says fail open or fail closed. What could not be told is never a "no" by itself: the configuration says
// what stands in for the answer, and the words "fail closed" or "fail open" are in the message, the log and the annotations.

import type { GuardErrorCode } from '../errors.ts'
import type { UncertainAnswer } from '../policy/configuration.ts'
import type { Mode } from '../policy/mode.ts'
import { plainText } from '../policy/plain-text.ts'
import { cappedDecision } from './admit-decision.ts'
import { allowed, type Decision, type Denial, type Outcome, type Webhook } from './outcome.ts'
import { shownName } from './shown-name.ts'
import type { Failure } from './subject.ts'
import { boundedWarnings } from './warnings.ts'

/** What is known of the subject although the answer is not; '' where nothing is. */
export interface KnownSubject {
  readonly node: string
  readonly podName: string
  readonly field: string
}

/**
 * The answer to what could not be told. The advisory webhook only ever advises, so it always fails open; the others give
 * `couldNotTell` (the configuration's) under the mode, and `allow` is still logged and annotated. `mode` is the namespace's
 * effective one, or the configuration's where the review was unreadable.
 */
export const stanceOn = (
  failure: Failure,
  webhook: Webhook,
  mode: Mode,
  couldNotTell: UncertainAnswer,
  known: KnownSubject = { node: '', podName: '', field: '' },
): Outcome => {
  const decision = stanceDecision(webhook, mode, couldNotTell)
  const stance = decision === 'deny' ? 'fail closed' : 'fail open'
  const clause = `${stance}: ${NOT_JUDGED[webhook]} because ${plainText(failure.message, 500)}`
  return {
    ...allowed({
      mode,
      reason: failure.code,
      node: shownName(known.node),
      message: `${clause}. ${remedyOf(failure.code)}`,
    }),
    decision,
    warnings: warns(webhook, mode, decision) ? boundedWarnings([clause]) : [],
    denial: decision === 'deny' ? denialOf(failure, known) : null,
  }
}

const stanceDecision = (webhook: Webhook, mode: Mode, couldNotTell: UncertainAnswer): Decision => {
  if (mode === 'off') return 'allow'
  // Fail open: because an advisory that denies would be no advisory.
  if (webhook === 'advisory') return 'audit'
  const decision = cappedDecision(mode, couldNotTell)
  return decision === 'allow' ? 'audit' : decision
}

const warns = (webhook: Webhook, mode: Mode, decision: Decision): boolean =>
  webhook === 'advisory' ? mode === 'enforce' || mode === 'warn' : decision === 'warn'

const NOT_JUDGED: Readonly<Record<Webhook, string>> = {
  bindings: 'the node of this binding was not judged',
  pods: 'the node of this pod was not judged',
  advisory: 'the nodes open to these pods were not judged',
}

const denialOf = ({ code, message }: Failure, known: KnownSubject): Denial => ({
  code: REMEDY_OF_INPUT.has(code) ? 400 : 403,
  name: shownName(known.podName),
  cause: { reason: code, message: plainText(message, 500), field: known.field },
})

const AS_THE_API_SERVER = 'Send an admission.k8s.io/v1 AdmissionReview as kube-apiserver does.'

// Codes of input that nobody could judge: the request is bad, so a denial says 400. Everything else says 403.
const REMEDY_OF_INPUT: ReadonlyMap<GuardErrorCode, string> = new Map([
  ['SOCI_GUARD_BODY_NOT_JSON', AS_THE_API_SERVER],
  ['SOCI_GUARD_BODY_TOO_LARGE', AS_THE_API_SERVER],
  ['SOCI_GUARD_BODY_TOO_DEEP', AS_THE_API_SERVER],
  ['SOCI_GUARD_CONTENT_TYPE', AS_THE_API_SERVER],
  ['SOCI_GUARD_DUPLICATE_KEY', 'Send every key of an object once.'],
  ['SOCI_GUARD_NOT_A_REVIEW', AS_THE_API_SERVER],
  ['SOCI_GUARD_REVIEW_VERSION', 'Set admissionReviewVersions: [v1] in the webhook configuration.'],
  ['SOCI_GUARD_REVIEW_INVALID', 'Correct that field.'],
])

const REMEDY: Partial<Readonly<Record<GuardErrorCode, string>>> = {
  SOCI_GUARD_UNKNOWN_OPERATOR: 'Use an operator that this soci-guard knows, or upgrade soci-guard.',
  SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND: 'Create the RuntimeClass, or correct runtimeClassName.',
  SOCI_GUARD_POD_UNREADABLE: 'Try again; if it stays, check that soci-guard may get pods and reaches the API server.',
  SOCI_GUARD_DEADLINE_EXCEEDED: "Try again; if it stays, raise the webhook's timeoutSeconds.",
  SOCI_GUARD_INVENTORY_NOT_LOADED: 'Try again; if it stays, see why /readyz is not ready.',
  SOCI_GUARD_INVENTORY_STALE: 'See why soci-guard does not hear from the API server: its log says.',
  SOCI_GUARD_API_UNREACHABLE: 'Try again; if it stays, see why soci-guard does not reach the API server: its log says.',
  SOCI_GUARD_API_FORBIDDEN: 'Grant the right, or apply the manifests of soci-guard again.',
  SOCI_GUARD_INTERNAL: 'This is a defect of soci-guard: report it with the log line of this request.',
}

const remedyOf = (code: GuardErrorCode): string =>
  REMEDY_OF_INPUT.get(code) ?? REMEDY[code] ?? 'See the log line of this request.'
