import { runtimeClassMatters } from './admit-handler.ts'
import { type Assessment, admitPlacement, assess } from './admit-placement.ts'
import type { ClusterView, NeedsPod, PodFacts, PodLookup } from './cluster-view.ts'
import type { Outcome } from './outcome.ts'
import type { ReviewRequest } from './review-request.ts'
import type { Subject } from './subject.ts'

type Binding = Extract<Subject, { kind: 'binding' }>

/** The field of a binding that names the node. */
export const BINDING_TARGET = 'target.name'

/** The answer for a binding, or the pod that must be read first; asked again with what came of reading it, it always answers. */
export const admitBinding = (
  binding: Binding,
  request: ReviewRequest,
  view: ClusterView,
  lookup: PodLookup | undefined,
): Outcome | NeedsPod => {
  const { namespace } = request
  const assessment = assess(binding.node, namespace, view)
  if (lookup === undefined && binding.podName !== '' && readsPod(assessment, view)) {
    return { kind: 'needsPod', namespace, name: binding.podName, uid: binding.podUid }
  }
  const placement = {
    webhook: 'bindings',
    namespace,
    groups: request.user.groups,
    node: binding.node,
    field: BINDING_TARGET,
    podName: binding.podName,
    pod: lookup === undefined ? null : podOf(binding, lookup),
    podError: lookup !== undefined && 'error' in lookup ? lookup.error : '',
  } as const
  return admitPlacement(placement, view, assessment)
}

// A pod costs a request to the API server: it is read only where it can change the answer.
const readsPod = ({ verdict, mode, decision }: Assessment, view: ClusterView): boolean => {
  const { runtimeClasses, podSelector } = view.configuration.exemptions
  if (decision === 'deny') return runtimeClasses.size > 0 || podSelector !== null
  return mode !== 'off' && runtimeClassMatters(verdict, view)
}

// Binding a pod that is gone, or was replaced by another of its name, fails in the API server whatever we answer.
const podOf = ({ podUid }: Binding, lookup: PodLookup): PodFacts | null =>
  'found' in lookup && (podUid === '' || lookup.found.uid === podUid) ? lookup.found : null
