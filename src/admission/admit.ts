import { findRequestExemption } from '../policy/exemption.ts'
import { admitBinding, BINDING_TARGET } from './admit-binding.ts'
import { admitPlacement } from './admit-placement.ts'
import { advise } from './advise.ts'
import { beforeJudging } from './before-judging.ts'
import {
  type ClusterView,
  modeIn,
  type NeedsNode,
  type NeedsPod,
  type NodeLookup,
  type PodLookup,
} from './cluster-view.ts'
import { allowed, type Outcome, type Webhook } from './outcome.ts'
import type { ReviewRequest } from './review-request.ts'
import { stanceOn } from './stance.ts'
import { readSubject } from './subject.ts'

/**
 * The decision on one request: a pure function of the request, the view and what was looked up. NeedsPod is returned only for a
 * binding without a pod lookup, NeedsNode only where the view can ask for nodes, without a node lookup.
 */
export const admit = (
  webhook: Webhook,
  request: ReviewRequest,
  view: ClusterView,
  pod?: PodLookup,
  node?: NodeLookup,
): Outcome | NeedsPod | NeedsNode => {
  const subject = readSubject(webhook, request)
  if (subject.kind === 'irrelevant') return allowed()
  const { namespace, user } = request
  const { username, groups } = user
  const exempt = findRequestExemption({ namespace, username, groups }, view.configuration.exemptions)
  if (exempt !== null) return allowed({ exempt })
  switch (subject.kind) {
    case 'failure':
      return stanceOn(subject.failure, webhook, modeIn(namespace, view), view.configuration.couldNotTell)
    case 'binding': {
      const aim = { webhook, namespace, node: subject.node, podName: subject.podName, field: BINDING_TARGET }
      return beforeJudging(aim, view, node) ?? admitBinding(subject, request, view, pod)
    }
    case 'pod': {
      const placement = { ...subject, webhook, namespace, groups, podError: '' }
      return beforeJudging(placement, view, node) ?? admitPlacement(placement, view)
    }
    case 'template':
      return advise(subject.template, namespace, groups, view)
  }
}
