import type { NodeVerdict } from '../policy/node-verdict.ts'
import { handlerViolation, hasOtherHandlers } from '../policy/runtime-handler.ts'
import type { ClusterView } from './cluster-view.ts'
import { shownName } from './shown-name.ts'
import type { Failure } from './subject.ts'

/** True when a Ready node's report has a runtime handler on another snapshotter, so that the pod's runtime class matters. */
export const runtimeClassMatters = (verdict: NodeVerdict, view: ClusterView): boolean => {
  if (verdict.state !== 'Ready' || verdict.evidence !== 'report') return false
  const report = view.roster.reportOf(verdict.node)
  return report !== undefined && hasOtherHandlers(report, verdict.expectedSnapshotter)
}

/**
 * What is wrong with running a pod of this runtime class on a Ready node, as a sentence; null when nothing is. A class that is
 * not in the inventory is a failure, since its handler cannot be told.
 */
export const findHandlerViolation = (
  verdict: NodeVerdict,
  className: string,
  view: ClusterView,
): { readonly message: string } | { readonly failure: Failure } | null => {
  if (className === '' || !runtimeClassMatters(verdict, view)) return null
  const runtimeClass = view.roster.runtimeClass(className)
  const shownClass = shownName(className)
  if (runtimeClass === undefined) {
    const message = `RuntimeClass ${shownClass} is not known, and node ${shownName(verdict.node)} has handlers on other snapshotters`
    return { failure: { code: 'SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND', message } }
  }
  const report = view.roster.reportOf(verdict.node)
  const found = report && handlerViolation(report, runtimeClass.handler, verdict.expectedSnapshotter)
  if (!found) return null
  const message = `RuntimeClass ${shownClass} has the handler ${shownName(runtimeClass.handler)}, which uses snapshotter ${found.snapshotter} and not ${verdict.expectedSnapshotter}. Use a RuntimeClass whose handler uses ${verdict.expectedSnapshotter}.`
  return { message }
}
