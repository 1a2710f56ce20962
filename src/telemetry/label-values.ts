// The closed sets that metric labels are taken from. Nothing that a request brings along (a namespace, a user, a node's name) is
// ever a label value, so the number of series is bounded.
import type { Decision, Webhook } from '../admission/outcome.ts'
import type { GuardErrorCode } from '../errors.ts'
import { MODES, type Mode } from '../policy/mode.ts'
import { ADVISORIES, REASON_STATES, type Reason, type State } from '../policy/reasons.ts'

/** The webhooks, as the label `webhook`. */
export const WEBHOOKS: readonly Webhook[] = ['bindings', 'pods', 'advisory']

/** The decisions, as the label `decision`. */
export const DECISIONS: readonly Decision[] = ['allow', 'deny', 'warn', 'audit']

/** The modes, as the label `mode`; '' where no mode was looked at. */
export const MODE_LABELS: readonly (Mode | '')[] = [...MODES, '']

/** The states, as the label `state`. */
export const STATES: readonly State[] = ['Ready', 'NotDefault', 'Mixed', 'Broken', 'Unverified']

/** The reasons that a rule about a node gives. */
export const NODE_REASONS = Object.keys(REASON_STATES) as (keyof typeof REASON_STATES)[]

// A record, so that the compiler misses a code that is not listed.
const ERROR_CODES: Readonly<Record<GuardErrorCode, true>> = {
  SOCI_GUARD_USAGE: true,
  SOCI_GUARD_CONFIGURATION_INVALID: true,
  SOCI_GUARD_FILE_UNREADABLE: true,
  SOCI_GUARD_INVENTORY_INVALID: true,
  SOCI_GUARD_INVENTORY_NOT_LOADED: true,
  SOCI_GUARD_CERTIFICATE_INVALID: true,
  SOCI_GUARD_ADDRESS_UNAVAILABLE: true,
  SOCI_GUARD_BODY_NOT_JSON: true,
  SOCI_GUARD_BODY_TOO_LARGE: true,
  SOCI_GUARD_BODY_TOO_DEEP: true,
  SOCI_GUARD_CONTENT_TYPE: true,
  SOCI_GUARD_DUPLICATE_KEY: true,
  SOCI_GUARD_NOT_A_REVIEW: true,
  SOCI_GUARD_REVIEW_VERSION: true,
  SOCI_GUARD_REVIEW_INVALID: true,
  SOCI_GUARD_UNKNOWN_OPERATOR: true,
  SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND: true,
  SOCI_GUARD_POD_UNREADABLE: true,
  SOCI_GUARD_INTERNAL: true,
}

/** Everything that the label `reason` can be; '' where there is nothing to say. */
export const REASON_LABELS: readonly (Reason | GuardErrorCode)[] = [
  '',
  ...NODE_REASONS,
  ...ADVISORIES,
  ...(Object.keys(ERROR_CODES) as GuardErrorCode[]),
]

/** True for a reason that says "could not tell": the outcome is the stance's. */
export const isStance = (reason: Reason | GuardErrorCode): reason is GuardErrorCode => reason.startsWith('SOCI_GUARD_')
