import { findPodExemption, findRequestExemption } from '../policy/exemption.ts'
import type { Reason, State } from '../policy/reasons.ts'
import type { NodeFilter } from '../scheduling/node-filter.ts'
import type { PodConstraints } from '../scheduling/pod-constraints.ts'
import { admitPlacement } from './admit-placement.ts'
import type { ClusterView } from './cluster-view.ts'
import type { PodTemplate } from './pod-template.ts'
import { type Forecast, forecast, handlerReason, namedNode, schedulingConstraints } from './predict-eligible.ts'
import { countOf, headline, someOf, subjectOf, summaryOf } from './predict-lines.ts'
import { shownName } from './shown-name.ts'

/** What the webhooks would say to the pods of one manifest. */
export interface Prediction {
  /** deny when no pod of it could start on account of soci-guard, warn when one might be refused or warned about. */
  readonly verdict: 'allow' | 'warn' | 'deny'
  /** At most two sentences. */
  readonly message: string
  /** By name; empty unless an explanation was asked for. */
  readonly nodes: readonly PredictedNode[]
}

/** One node of the inventory, as the scheduler and soci-guard see it for the pod. */
export interface PredictedNode {
  readonly name: string
  readonly eligible: boolean
  /** The first scheduler filter that keeps the pod off, null where none does. */
  readonly filter: NodeFilter | null
  readonly state: State
  readonly reason: Reason
}

type Judgement = Pick<Prediction, 'verdict' | 'message'>

/** Predicts what becomes of a manifest that nobody has sent to an API server yet; its namespace is `default` unless it names one. */
export const predict = (
  template: PodTemplate,
  view: ClusterView,
  { explain }: { readonly explain: boolean },
): Prediction => {
  const namespace = template.namespace === '' ? 'default' : template.namespace
  const constraints = schedulingConstraints(template, view, false)
  return {
    ...(exemption(template, namespace, view) ?? judgement(template, constraints, namespace, view)),
    nodes: explain ? explainNodes(template, constraints, view) : [],
  }
}

const exemption = (template: PodTemplate, namespace: string, view: ClusterView): Judgement | null => {
  const { exemptions } = view.configuration
  const exempt =
    findRequestExemption({ namespace, username: '', groups: [] }, exemptions) ??
    findPodExemption({ ...template.facts, groups: [] }, exemptions)
  return exempt === null ? null : { verdict: 'allow', message: `exempt by ${exempt}` }
}

const judgement = (
  template: PodTemplate,
  constraints: PodConstraints,
  namespace: string,
  view: ClusterView,
): Judgement => {
  const node = namedNode(template)
  if (node !== null) return onNode(node, template, namespace, view)
  const found = forecast(template, constraints, namespace, view)
  return found.eligible === 0 ? nowhere(constraints, view) : onCandidates(found, template)
}

const onNode = (node: string, template: PodTemplate, namespace: string, view: ClusterView): Judgement => {
  const outcome = admitPlacement(
    {
      ...{ webhook: 'pods', namespace, groups: [], node, podError: '' },
      field: 'spec.nodeName',
      podName: template.name,
      pod: template.facts,
    },
    view,
  )
  if (outcome.decision === 'deny' || outcome.decision === 'warn')
    return { verdict: outcome.decision, message: outcome.message }
  if (outcome.decision === 'audit') return { verdict: 'allow', message: `only recorded (audit): ${outcome.message}` }
  if (outcome.mode === 'off') return { verdict: 'allow', message: `the mode is off on node ${shownName(node)}` }
  if (outcome.message !== '') return { verdict: 'allow', message: `allowed although unverified: ${outcome.message}` }
  return { verdict: 'allow', message: outcome.warnings[0] ?? `node ${shownName(node)} is Ready` }
}

const onCandidates = (found: Forecast, template: PodTemplate): Judgement => {
  const refused = countOf(found, 'deny')
  const noticed = countOf(found, 'deny', 'warn')
  if (noticed === 0 && countOf(found, 'audit') === 0) return { verdict: 'allow', message: quiet(found) }
  const told = found.groups.filter(({ decision }) => decision !== 'allow' && (noticed === 0 || decision !== 'audit'))
  const message = summaryOf(headline(found, subjectOf(template.kind)), told)
  if (refused === found.eligible) return { verdict: 'deny', message }
  return { verdict: noticed > 0 ? 'warn' : 'allow', message }
}

const quiet = (found: Forecast): string => {
  const passed = countOf(found, 'allow')
  if (passed === 0) return `${someOf(found.eligible, found.eligible)} SOCI-ready`
  const why = found.groups.every(group => group.mode === 'off') ? 'the mode is off there' : 'that is allowed there'
  return `${someOf(passed, found.eligible)} not SOCI-ready; ${why}`
}

const nowhere = (constraints: PodConstraints, view: ClusterView): Judgement => {
  const explained = view.roster.explain(constraints, view.nowMs)
  const counts = new Map<NodeFilter, number>()
  for (const { filter } of explained) {
    if (filter !== null) counts.set(filter, (counts.get(filter) ?? 0) + 1)
  }
  const [commonest] = [...counts].sort(([, one], [, other]) => other - one)
  const why =
    commonest === undefined
      ? 'the inventory has no nodes'
      : `${commonest[0]} keeps the pod off ${commonest[1]} of ${explained.length} nodes`
  return { verdict: 'warn', message: `no node is eligible: ${why}` }
}

const explainNodes = (template: PodTemplate, constraints: PodConstraints, view: ClusterView): PredictedNode[] =>
  view.roster.explain(constraints, view.nowMs).map(({ name, eligible, filter, verdict }) => ({
    ...{ name, eligible, filter, state: verdict.state },
    reason: verdict.reason === '' ? handlerReason(verdict, template, view) : verdict.reason,
  }))
