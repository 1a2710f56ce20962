// What would become of pods that the scheduler has yet to place: the nodes it could choose, and what would be done on each.

import type { Mode } from '../policy/mode.ts'
import type { Reason, State } from '../policy/reasons.ts'
import { withAdmissionDefaults } from '../scheduling/effective-constraints.ts'
import { pinnedNodeName } from '../scheduling/pinned-node.ts'
import type { PodConstraints } from '../scheduling/pod-constraints.ts'
import { decisionOn } from './admit-decision.ts'
import { findHandlerViolation } from './admit-handler.ts'
import { type ClusterView, modeIn } from './cluster-view.ts'
import type { Decision } from './outcome.ts'
import type { PodTemplate } from './pod-template.ts'

/** Eligible nodes that share a state, a reason and what would be done to the pod there. */
export interface EligibleGroup {
  readonly state: State
  readonly reason: Reason
  readonly mode: Mode
  readonly decision: Decision
  readonly count: number
  /** The names of at most five of them. */
  readonly nodes: readonly string[]
}

/** How many nodes the scheduler could choose, and those of them that are not right for the pod, the largest group first. */
export interface Forecast {
  readonly eligible: number
  readonly groups: readonly EligibleGroup[]
}

/** The constraints that the scheduler will see; a pod under review (`admitted`) has them already. */
export const schedulingConstraints = (template: PodTemplate, view: ClusterView, admitted: boolean): PodConstraints => {
  if (admitted) return template.constraints
  const { runtimeClassName } = template.facts
  const runtimeClass = runtimeClassName === '' ? undefined : view.roster.runtimeClass(runtimeClassName)
  return withAdmissionDefaults(template.constraints, {
    ...(template.daemonSet === null ? {} : { daemonSet: template.daemonSet }),
    ...(runtimeClass === undefined ? {} : { runtimeClass }),
  })
}

/** The one node that the template names, by nodeName or as a DaemonSet's pod does; null when the scheduler has a choice. */
export const namedNode = ({ constraints }: PodTemplate): string | null =>
  constraints.nodeName === '' ? pinnedNodeName(constraints) : constraints.nodeName

/** What would happen on the nodes that a pod of the template could get. */
export const forecast = (
  template: PodTemplate,
  constraints: PodConstraints,
  namespace: string,
  view: ClusterView,
): Forecast => {
  const node = namedNode(template)
  const { eligible, found } = node === null ? onCandidates(template, constraints, view) : onNode(node, template, view)
  return { eligible, groups: merged(found, namespace, view) }
}

interface Found {
  readonly state: State
  readonly reason: Reason
  /** The node's own mode. */
  readonly mode: Mode
  readonly count: number
  readonly nodes: readonly string[]
}

const onNode = (node: string, template: PodTemplate, view: ClusterView): { eligible: number; found: Found[] } => {
  const verdict = view.roster.judge(node, view.nowMs)
  const reason = verdict.state === 'Ready' ? handlerReason(verdict, template, view) : verdict.reason
  const bad = verdict.state !== 'Ready' || reason !== ''
  return { eligible: 1, found: bad ? [{ ...verdict, reason, count: 1, nodes: [node] }] : [] }
}

const onCandidates = (template: PodTemplate, constraints: PodConstraints, view: ClusterView) => {
  const { eligible, groups } = view.roster.candidates(constraints)
  return {
    eligible,
    found: [...groups.filter(group => group.state !== 'Ready'), ...onOtherHandlers(template, constraints, view)],
  }
}

// Few pods have a runtime class, so only they pay for looking at every node.
const onOtherHandlers = (template: PodTemplate, constraints: PodConstraints, view: ClusterView): Found[] => {
  if (template.facts.runtimeClassName === '') return []
  return view.roster
    .explain(constraints, view.nowMs)
    .filter(({ eligible, verdict }) => eligible && handlerReason(verdict, template, view) !== '')
    .map(({ verdict, name }) => ({
      state: verdict.state,
      reason: 'RuntimeHandlerUsesOtherSnapshotter',
      mode: verdict.mode,
      count: 1,
      nodes: [name],
    }))
}

/** RuntimeHandlerUsesOtherSnapshotter where the pod's runtime class uses another snapshotter on that Ready node, else ''. */
export const handlerReason = (
  verdict: Parameters<typeof findHandlerViolation>[0],
  template: PodTemplate,
  view: ClusterView,
): 'RuntimeHandlerUsesOtherSnapshotter' | '' => {
  const found = findHandlerViolation(verdict, template.facts.runtimeClassName, view)
  return found !== null && 'message' in found ? 'RuntimeHandlerUsesOtherSnapshotter' : ''
}

const SHOWN_NODES = 5

const merged = (found: readonly Found[], namespace: string, view: ClusterView): EligibleGroup[] => {
  const byMeaning = new Map<string, EligibleGroup>()
  for (const { state, reason, mode: nodeMode, count, nodes } of found) {
    const mode = modeIn(namespace, view, nodeMode)
    const decision = decisionOn(state, mode, view.configuration)
    const key = `${state} ${reason} ${decision} ${mode}`
    const before = byMeaning.get(key)
    byMeaning.set(key, {
      ...{ state, reason, mode, decision },
      count: (before?.count ?? 0) + count,
      nodes: [...(before?.nodes ?? []), ...nodes].slice(0, SHOWN_NODES),
    })
  }
  return [...byMeaning.values()].sort(byWeight)
}

// Equal counts must not be told in the order in which nodes happened to come: what is known comes before what is not.
const byWeight = (one: EligibleGroup, other: EligibleGroup): number =>
  other.count - one.count ||
  Number(one.state === 'Unverified') - Number(other.state === 'Unverified') ||
  (orderOf(one) < orderOf(other) ? -1 : 1)

const orderOf = ({ reason, decision, mode }: EligibleGroup): string => `${reason} ${decision} ${mode}`
