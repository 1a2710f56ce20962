import { Bitset } from './bitset.ts'
import { noLabels, replaceLabels } from './label-index.ts'
import { createNodeFilter } from './node-filter.ts'
import { compileTerms } from './node-selector-term.ts'
import type { NodeSelectorTerm, PodConstraints } from './pod-constraints.ts'
import type { Postings } from './postings.ts'
import type { SchedulingNode } from './scheduling-node.ts'
import { keepOnly } from './slot-set.ts'
import { createTaintGroups } from './taint-groups.ts'
import { keepTermMatches } from './term-candidates.ts'

/** All nodes, each in a numbered slot, arranged so that a pod's candidates cost bit operations and not a visit to each node. */
export interface NodeIndex {
  /** Adds or replaces the node of this name, and tells its slot; the node must not be changed afterwards. */
  set(node: SchedulingNode): number
  /** Removes the node and tells the slot it had, which a later node may get; undefined when there is no such node. */
  remove(name: string): number | undefined
  slotOf(name: string): number | undefined
  nodeAt(slot: number): SchedulingNode | undefined
  /**
   * The slots of the nodes on which no static filter of kube-scheduler keeps the pod off: those for which firstFilter is
   * null. The set belongs to the index: read it before the next call of any method, and never change it.
   */
  candidates(constraints: PodConstraints): Bitset
  /** How many nodes there are. */
  readonly size: number
  /** How many slots there are, free ones included: every slot is below it. */
  readonly capacity: number
}

/** An index without nodes. */
export const createNodeIndex = (): NodeIndex => {
  const nodes: (SchedulingNode | undefined)[] = []
  const slots = new Map<string, number>()
  const freeSlots: number[] = []
  const labels: Postings = new Map()
  const taints = createTaintGroups()
  const [result, remaining, termResult, scratch] = [new Bitset(), new Bitset(), new Bitset(), new Bitset()]
  const lookup = { labels, slotOf: (name: string) => slots.get(name), scratch }

  const keepRequiredTerms = (terms: readonly NodeSelectorTerm[]): void => {
    const [first, ...others] = compileTerms(terms)
    if (others.length > 0) remaining.copyFrom(result)
    if (first === undefined) result.clearAll()
    else keepTermMatches(result, first, lookup)
    for (const term of others) {
      termResult.copyFrom(remaining)
      keepTermMatches(termResult, term, lookup)
      result.or(termResult)
    }
  }

  const keepNamedNode = (constraints: PodConstraints): void => {
    const slot = slots.get(constraints.nodeName)
    const node = slot === undefined ? undefined : nodes[slot]
    result.clearAll()
    if (slot !== undefined && node !== undefined && createNodeFilter(constraints)(node) === null) result.set(slot)
  }

  return {
    set: node => {
      const slot = slots.get(node.name) ?? freeSlots.pop() ?? nodes.length
      const before = nodes[slot]
      replaceLabels(labels, slot, before?.labels ?? noLabels, node.labels)
      taints.replace(slot, before, node)
      if (before === undefined) slots.set(node.name, slot)
      nodes[slot] = node
      return slot
    },
    remove: name => {
      const slot = slots.get(name)
      const node = slot === undefined ? undefined : nodes[slot]
      if (slot === undefined || node === undefined) return undefined
      replaceLabels(labels, slot, node.labels, noLabels)
      taints.replace(slot, node, undefined)
      slots.delete(name)
      nodes[slot] = undefined
      freeSlots.push(slot)
      return slot
    },
    slotOf: name => slots.get(name),
    nodeAt: slot => nodes[slot],
    candidates: constraints => {
      if (constraints.nodeName !== '') {
        keepNamedNode(constraints)
        return result
      }
      result.clearAll()
      taints.addTolerated(result, constraints.tolerations)
      for (const [key, value] of Object.entries(constraints.nodeSelector)) {
        keepOnly(result, labels.get(key)?.values.get(value))
      }
      if (constraints.requiredTerms !== null) keepRequiredTerms(constraints.requiredTerms)
      return result
    },
    get size() {
      return slots.size
    },
    get capacity() {
      return nodes.length
    },
  }
}
