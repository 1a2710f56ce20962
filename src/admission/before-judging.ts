// What has to be asked before a node is judged: is what we know current, and do we know the node at all?

import type { ClusterView, NeedsNode, NodeLookup } from './cluster-view.ts'
import { modeIn } from './cluster-view.ts'
import type { Outcome, Webhook } from './outcome.ts'
import { type KnownSubject, stanceOn } from './stance.ts'
import type { Failure } from './subject.ts'

/** A pod that is to run on one node, as far as the request says. */
export interface Aim extends KnownSubject {
  readonly webhook: Webhook
  readonly namespace: string
}

/**
 * The stance when the node cannot be judged, the node that must be asked for first, or null when it can be judged. A node that
 * was asked for and is missing is judged too: it is Unverified.
 */
export const beforeJudging = (
  aim: Aim,
  view: ClusterView,
  lookup: NodeLookup | undefined,
): Outcome | NeedsNode | null => {
  if (view.stale) return notJudged(aim, view, { code: 'SOCI_GUARD_INVENTORY_STALE', message: view.stale })
  if (lookup !== undefined) return 'failure' in lookup ? notJudged(aim, view, lookup.failure) : null
  const isUnknown = view.asksForNodes === true && !view.roster.knows(aim.node)
  // In a namespace where nothing is done with an answer nobody waits for one.
  if (!isUnknown || modeIn(aim.namespace, view, 'enforce') === 'off') return null
  return { kind: 'needsNode', name: aim.node }
}

const notJudged = (aim: Aim, view: ClusterView, failure: Failure): Outcome =>
  stanceOn(failure, aim.webhook, modeIn(aim.namespace, view), view.configuration.couldNotTell, aim)
