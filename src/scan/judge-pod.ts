// A scan asks of a pod that runs what the webhook would ask if it came now: the same exemptions, modes and reasons.

import { decisionOn } from '../admission/admit-decision.ts'
import { runtimeClassMatters } from '../admission/admit-handler.ts'
import { admitPlacement, assess } from '../admission/admit-placement.ts'
import type { ClusterView } from '../admission/cluster-view.ts'
import type { Outcome } from '../admission/outcome.ts'
import { findRequestExemption } from '../policy/exemption.ts'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import type { ScannedPod } from './scanned-pod.ts'

/** What would be done about a pod if it came now, and why. */
export type PodFinding = Pick<Outcome, 'reason' | 'message'> & {
  readonly state: NodeVerdict['state']
  readonly decision: Exclude<Outcome['decision'], 'allow'>
}

/** The finding on a pod; null for one that is where it may be; 'exempt' for one that is not only because it is exempt. */
export type JudgedPod = PodFinding | 'exempt' | null

/** True when some pod on this node could be where it should not. */
export const isSuspect = (verdict: NodeVerdict, view: ClusterView): boolean => {
  if (verdict.mode === 'off') return false
  if (verdict.state === 'Ready') return runtimeClassMatters(verdict, view)
  return decisionOn(verdict.state, verdict.mode, view.configuration) !== 'allow'
}

/** What would be done about the pod if it came to its node now. */
export const judgePod = (pod: ScannedPod, view: ClusterView): JudgedPod => {
  const { namespace, node, name, facts } = pod
  const assessment = assess(node, namespace, view)
  const isExempt = findRequestExemption({ namespace, username: '', groups: [] }, view.configuration.exemptions) !== null
  const placement = { webhook: 'pods', namespace, groups: groupsOf(pod), node, field: 'spec.nodeName' } as const
  const outcome = admitPlacement({ ...placement, podName: name, pod: facts, podError: '' }, view, assessment)
  if (isExempt || outcome.exempt !== '') return assessment.decision === 'allow' ? null : 'exempt'
  const { decision, reason, message } = outcome
  return decision === 'allow' ? null : { decision, reason, message, state: assessment.verdict.state }
}

// Who created a pod is not told any more; only the kubelet makes a Node the owner of one.
const groupsOf = ({ controller }: ScannedPod): string[] => (controller?.kind === 'Node' ? ['system:nodes'] : [])
