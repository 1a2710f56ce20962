import { findRequestExemption } from '../policy/exemption.ts'
import { admitBinding } from './admit-binding.ts'
import { admitPlacement } from './admit-placement.ts'
import { advise } from './advise.ts'
import { type ClusterView, modeIn, type NeedsPod, type PodLookup } from './cluster-view.ts'
import { allowed, type Outcome, type Webhook } from './outcome.ts'
import type { ReviewRequest } from './review-request.ts'
import { stanceOn } from './stance.ts'
import { readSubject } from './subject.ts'

/**
 * The decision on one request: a pure function of the request, the view and, for a binding, the pod. NeedsPod is returned only
 * for a binding without a lookup.
 */
export const admit = (
  webhook: Webhook,
  request: ReviewRequest,
  view: ClusterView,
  lookup?: PodLookup,
): Outcome | NeedsPod => {
  const subject = readSubject(webhook, request)
  if (subject.kind === 'irrelevant') return allowed()
  const { namespace, user } = request
  const { username, groups } = user
  const exempt = findRequestExemption({ namespace, username, groups }, view.configuration.exemptions)
  if (exempt !== null) return allowed({ exempt })
  switch (subject.kind) {
    case 'failure':
      return stanceOn(subject.failure, webhook, modeIn(namespace, view), view.configuration.couldNotTell)
    case 'binding':
      return admitBinding(subject, request, view, lookup)
    case 'pod':
      return admitPlacement({ ...subject, webhook, namespace, groups, podError: '' }, view)
    case 'template':
      return advise(subject.template, namespace, groups, view)
  }
}
