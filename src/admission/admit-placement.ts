// The rule for a pod whose node is known: a binding, a pod with nodeName, a DaemonSet's pod.

import { findPodExemption } from '../policy/exemption.ts'
import type { Mode } from '../policy/mode.ts'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import { decisionOn } from './admit-decision.ts'
import { findHandlerViolation, runtimeClassMatters } from './admit-handler.ts'
import { type ClusterView, modeIn, type PodFacts } from './cluster-view.ts'
import { advisoryWarning, denialMessage, type Violation, violationWarning } from './denial-message.ts'
import { allowed, type Decision, type Denial, type Outcome, type Webhook } from './outcome.ts'
import { shownName } from './shown-name.ts'
import { stanceOn } from './stance.ts'
import type { Failure } from './subject.ts'
import { boundedWarnings } from './warnings.ts'

/** A pod that is to run on one node, as far as it is known. */
export interface Placement {
  readonly webhook: Webhook
  readonly namespace: string
  /** The groups of whoever asks, for mirror pods. */
  readonly groups: readonly string[]
  readonly node: string
  /** The field that names the node. */
  readonly field: string
  readonly podName: string
  /** null when nothing is known of the pod: it is not exempt then, and has no runtime class. */
  readonly pod: PodFacts | null
  /** Why the pod could not be read, as a clause; '' when it was, or need not be. */
  readonly podError: string
}

/** What is thought of a node for a namespace, before the pod is looked at. */
export interface Assessment {
  readonly verdict: NodeVerdict
  readonly mode: Mode
  /** allow when the node is Ready or the mode is off. */
  readonly decision: Decision
}

/** The verdict on the node, the effective mode and what they mean for any pod of the namespace. */
export const assess = (node: string, namespace: string, view: ClusterView): Assessment => {
  const verdict = view.roster.judge(node, view.nowMs)
  const mode = modeIn(namespace, view, verdict.mode)
  return {
    verdict,
    mode,
    decision: verdict.state === 'Ready' ? 'allow' : decisionOn(verdict.state, mode, view.configuration),
  }
}

/** The answer for a pod whose node is known; exemptions of the request are the caller's. */
export const admitPlacement = (
  placement: Placement,
  view: ClusterView,
  assessment: Assessment = assess(placement.node, placement.namespace, view),
): Outcome => {
  const { pod, groups, webhook } = placement
  const exempt = pod && findPodExemption({ ...pod, groups }, view.configuration.exemptions)
  if (exempt) return allowed({ exempt, node: shownName(placement.node) })
  const { verdict, mode } = assessment
  if (mode === 'off') return allowed({ mode, node: shownName(placement.node) })
  if (verdict.state !== 'Ready') return refused(placement, verdict, assessment)

  const handler = findHandler(placement, verdict, view)
  if (handler === null) return accepted(placement, assessment)
  if ('failure' in handler) {
    return stanceOn(handler.failure, webhook, mode, view.configuration.couldNotTell, placement)
  }
  const violation = { ...verdict, reason: 'RuntimeHandlerUsesOtherSnapshotter', message: handler.message } as const
  return refused(placement, violation, { mode, decision: decisionOn('Ready', mode, view.configuration) })
}

const findHandler = (placement: Placement, verdict: NodeVerdict, view: ClusterView) => {
  if (placement.podError === '') return findHandlerViolation(verdict, placement.pod?.runtimeClassName ?? '', view)
  if (!runtimeClassMatters(verdict, view)) return null
  const message = `pod ${shownName(placement.podName)} could not be read for its runtime class: ${placement.podError}`
  return { failure: { code: 'SOCI_GUARD_POD_UNREADABLE', message } satisfies Failure }
}

const accepted = (placement: Placement, { verdict, mode }: Pick<Assessment, 'verdict' | 'mode'>): Outcome =>
  allowed({
    mode,
    state: verdict.state,
    node: shownName(placement.node),
    evidence: verdict.evidence,
    warnings: advisoryWarnings(placement, verdict, mode),
  })

// Nobody reads the warnings of a binding: they end in the scheduler's log. Other handlers of the node are nothing to this pod,
// whose own has been judged.
const advisoryWarnings = ({ webhook, node }: Placement, { advisories }: NodeVerdict, mode: Mode): string[] => {
  if (advisories.length === 0 || webhook !== 'pods' || mode === 'audit') return []
  const told = advisories.filter(code => code !== 'RuntimeHandlerUsesOtherSnapshotter')
  return boundedWarnings(told.map(code => advisoryWarning(node, code)))
}

const refused = (
  placement: Placement,
  violation: Violation,
  { mode, decision }: Pick<Assessment, 'mode' | 'decision'>,
): Outcome => {
  const { reason, state, evidence } = violation
  return {
    ...allowed({ mode, state, reason, evidence, node: shownName(placement.node) }),
    decision,
    message: denialMessage(violation, podAside(placement)),
    warnings: decision === 'warn' ? boundedWarnings([violationWarning(violation)]) : [],
    denial: decision === 'deny' ? denialOf(placement, violation) : null,
  }
}

const podAside = ({ podError, podName }: Placement): string =>
  podError === '' ? '' : `and pod ${shownName(podName)} could not be read for its exemptions (${podError})`

const denialOf = ({ podName, field }: Placement, { reason, message }: Violation): Denial => ({
  code: 403,
  name: shownName(podName),
  cause: { reason, message, field },
})
