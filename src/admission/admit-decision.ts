import type { GuardConfiguration, UncertainAnswer } from '../policy/configuration.ts'
import type { Mode } from '../policy/mode.ts'
import type { State } from '../policy/reasons.ts'
import type { Decision } from './outcome.ts'

const FROM_STRONGEST: readonly Decision[] = ['deny', 'warn', 'audit', 'allow']

const DECISION_OF_MODE: Readonly<Record<Mode, Decision>> = {
  enforce: 'deny',
  warn: 'warn',
  audit: 'audit',
  off: 'allow',
}

/** What is done about a violation in this state: what the mode says, and for Unverified never more than `unverified` says. */
export const decisionOn = (state: State, mode: Mode, configuration: GuardConfiguration): Decision =>
  state === 'Unverified' ? cappedDecision(mode, configuration.unverified) : DECISION_OF_MODE[mode]

/** The weaker of what the mode does with a violation and the answer that is given where there is only uncertainty. */
export const cappedDecision = (mode: Mode, cap: UncertainAnswer): Decision => {
  const byMode = DECISION_OF_MODE[mode]
  return FROM_STRONGEST.indexOf(byMode) > FROM_STRONGEST.indexOf(cap) ? byMode : cap
}
