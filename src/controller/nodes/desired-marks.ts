// What a node's marks should be, by its verdict: nothing here asks the API server, the clock or the brake.
import type { NodeCondition } from '../../policy/node-condition.ts'
import type { NodeVerdict } from '../../policy/node-verdict.ts'
import type { State } from '../../policy/reasons.ts'
import type { BrakeLevel } from '../brake.ts'
import type { NodeMarks } from './node-marks.ts'

/** What each mark should become: a value, null for none, undefined for what it is, whatever that may be. */
export interface DesiredMarks {
  readonly taint: string | null | undefined
  readonly label: string | null | undefined
  readonly condition: NodeCondition | null | undefined
}

/** Everything that decides about a node's marks. */
export interface MarkInput {
  readonly verdict: NodeVerdict
  /** Whether an enforcing pool refuses the node. */
  readonly isRefused: boolean
  /** False while nobody can know whether the report that says Ready is one that an agent still stands behind. */
  readonly isConfirmed: boolean
  readonly brake: BrakeLevel
  readonly marks: NodeMarks
}

const AS_IT_IS: DesiredMarks = { taint: undefined, label: undefined, condition: undefined }
const NONE: DesiredMarks = { taint: null, label: null, condition: null }

const STATUS_OF: Readonly<Record<State, string>> = {
  Ready: 'True',
  NotDefault: 'False',
  Mixed: 'False',
  Broken: 'False',
  Unverified: 'Unknown',
}

/** The marks that the node should have; a pool that is off has none, one that only warns or audits no taint. */
export const desiredMarks = (input: MarkInput): DesiredMarks => {
  const { verdict } = input
  if (verdict.mode === 'off') return NONE
  // What is not enforced needs no taint, whatever else may not be clear.
  if (mustStay(input)) return verdict.mode === 'enforce' ? AS_IT_IS : { ...AS_IT_IS, taint: null }
  return { taint: desiredTaint(input), label: verdict.state, condition: conditionOf(verdict) }
}

const mustStay = ({ verdict, brake, isConfirmed, marks }: MarkInput): boolean => {
  if (verdict.state === 'Ready' && !isConfirmed) return isHeldAgainst(marks)
  return brake !== 'off' && (verdict.state === 'Unverified' || verdict.advisories.includes('EvidenceHeld'))
}

const isHeldAgainst = ({ taint, label }: NodeMarks): boolean => taint !== null || (label !== null && label !== 'Ready')

const desiredTaint = ({ verdict, isRefused, brake }: MarkInput): DesiredMarks['taint'] => {
  if (!isRefused) return null
  return brake === 'outage' ? undefined : verdict.state
}

const conditionOf = ({ state, reason, message }: NodeVerdict): NodeCondition => ({
  status: STATUS_OF[state],
  reason: reason === '' ? state : reason,
  message,
})
