import { createRequiredNodeAffinity } from './node-affinity.ts'
import type { PodConstraints } from './pod-constraints.ts'
import type { SchedulingNode } from './scheduling-node.ts'
import { findUntoleratedTaint, toleratesUnschedulable } from './tolerations.ts'

/** kube-scheduler's static filter plugins, which read nothing but the pod and the node. */
export type NodeFilter = 'NodeUnschedulable' | 'NodeName' | 'TaintToleration' | 'NodeAffinity'

/** A function from a node to the first filter, in the order above, that keeps the pod off it; null where the pod may go. */
export const createNodeFilter = (constraints: PodConstraints): ((node: SchedulingNode) => NodeFilter | null) => {
  const affinity = createRequiredNodeAffinity(constraints)
  const toleratesCordon = toleratesUnschedulable(constraints.tolerations)
  return node => {
    if (node.unschedulable && !toleratesCordon) return 'NodeUnschedulable'
    if (constraints.nodeName !== '' && constraints.nodeName !== node.name) return 'NodeName'
    if (findUntoleratedTaint(node.taints, constraints.tolerations) !== undefined) return 'TaintToleration'
    return affinity.matches(node) ? null : 'NodeAffinity'
  }
}

/** The first filter that keeps the pod off the node, or null: the simple definition that the node index must agree with. */
export const firstFilter = (constraints: PodConstraints, node: SchedulingNode): NodeFilter | null =>
  createNodeFilter(constraints)(node)
