import type { GuardErrorCode } from '../errors.ts'
import type { Exemption } from '../policy/exemption.ts'
import type { Mode } from '../policy/mode.ts'
import type { Reason, State } from '../policy/reasons.ts'

/** The three endpoints, each named after its path under /validate. */
export type Webhook = 'bindings' | 'pods' | 'advisory'

/** What is done with a request: allow (nothing to say), deny, warn (allowed with warnings), audit (allowed silently, but logged). */
export type Decision = 'allow' | 'deny' | 'warn' | 'audit'

/** The parts of a denial's metav1.Status that the message does not hold. */
export interface Denial {
  readonly code: 400 | 403
  /** The name of the object that was refused, '' when unknown. */
  readonly name: string
  readonly cause: { readonly reason: string; readonly message: string; readonly field: string }
}

/** The answer to one review, and all that the audit line, the metrics and the annotations say about it; '' where nothing applies. */
export interface Outcome {
  /** Never there: tells an outcome from NeedsPod. */
  readonly kind?: never
  readonly decision: Decision
  /** The effective mode; '' where no mode was looked at, as for an irrelevant or exempt request. */
  readonly mode: Mode | ''
  readonly state: State | ''
  readonly reason: Reason | GuardErrorCode
  readonly node: string
  readonly evidence: 'report' | 'label' | ''
  readonly exempt: Exemption | ''
  /** What was found and what to do: the denial's text, or what it would have been in enforce mode. */
  readonly message: string
  /** As they go over the wire: at most 8 of at most 120 characters. */
  readonly warnings: readonly string[]
  /** null unless the decision is deny. */
  readonly denial: Denial | null
}

/** A fresh outcome that allows and says nothing, but for what is given. */
export const allowed = (known: Partial<Omit<Outcome, 'decision' | 'denial'>> = {}): Outcome => ({
  // Member by member: this is on the path of every binding, and spreading costs more than the rest of the decision.
  decision: 'allow',
  mode: known.mode ?? '',
  state: known.state ?? '',
  reason: known.reason ?? '',
  node: known.node ?? '',
  evidence: known.evidence ?? '',
  exempt: known.exempt ?? '',
  message: known.message ?? '',
  warnings: known.warnings ?? [],
  denial: null,
})
