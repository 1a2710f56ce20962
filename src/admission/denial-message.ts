import { plainText } from '../policy/plain-text.ts'
import type { Advisory, Reason, State } from '../policy/reasons.ts'
import { remedyClause, remedyText } from './remedy-clause.ts'
import { shownName } from './shown-name.ts'
import { nodeWarning, WARNING_LENGTH } from './warnings.ts'

/** A node that should not get a pod, and why. */
export interface Violation {
  readonly node: string
  readonly state: State
  readonly reason: Reason
  readonly evidence: 'report' | 'label'
  /** At most two sentences, without node, state and reason. */
  readonly message: string
}

// A verdict's message has two sentences and a handful of names.
const LONGEST_MESSAGE = 1000

/**
 * `node node2 is Mixed (ConfiguredAfterLaunch): 4 containers … Replace the node.`; `aside`, a clause, comes before the colon so
 * that the whole stays at two sentences. That a verdict is by label is said in its own message.
 */
export const denialMessage = ({ node, state, reason, message }: Violation, aside = ''): string => {
  // A node whose state is Ready is refused on account of the pod's runtime class.
  const found = state === 'Ready' ? 'Ready, but not for this pod' : state
  const clause = aside === '' ? '' : `, ${aside}`
  return `node ${shownName(node)} is ${found} (${reason})${clause}: ${plainText(message, LONGEST_MESSAGE)}`
}

/** The same as one warning of at most 120 characters: node, state, reason and what to do. */
export const violationWarning = (violation: Violation): string => {
  const textWith = (remedy: string) => (name: string) =>
    `node ${name} is ${violation.state} (${violation.reason}): ${remedy}`
  return fittingWarning(violation.node, textWith, violation.reason)
}

/** One warning of at most 120 characters for an advisory of a node that is Ready. */
export const advisoryWarning = (node: string, advisory: Advisory): string =>
  fittingWarning(node, remedy => name => `node ${name} has ${advisory}: ${remedy}`, advisory)

// The first clause of a remedy is what to do; the rest is advice that may be left out.
const fittingWarning = (
  node: string,
  textWith: (remedy: string) => (name: string) => string,
  reason: Reason,
): string => {
  const whole = textWith(remedyText(reason))
  return nodeWarning(node, whole(node).length <= WARNING_LENGTH ? whole : textWith(remedyClause(reason)))
}
