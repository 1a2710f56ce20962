import type { Term } from './random-pods.ts'

/** A node in the output of `check --explain -o json`. */
export interface ExplainedNode {
  name: string
  eligible: boolean
  filter: Filter | null
}

type Filter = 'NodeUnschedulable' | 'NodeName' | 'TaintToleration' | 'NodeAffinity'

/** kube-scheduler's sentences for the filters that reject a node (1.37). */
const SENTENCES: Record<Filter, string> = {
  NodeUnschedulable: 'node(s) were unschedulable',
  NodeName: "node(s) didn't match the requested node name",
  TaintToleration: 'node(s) had untolerated taint(s)',
  NodeAffinity: "node(s) didn't match Pod's node affinity/selector",
}

/**
 * The counts that kube-scheduler would give for what `check` explains. It filters only the nodes that every term of the affinity
 * names by a field (NodeAffinity's PreFilter), and counts the others under one sentence.
 */
export function expectedReasons(nodes: readonly ExplainedNode[], terms: readonly Term[]): Record<string, number> {
  const named = namedByFields(terms)
  if (named?.size === 0) return { 'pod affinity terms conflict': nodes.length }
  const reasons: Record<string, number> = {}
  for (const { name, filter } of nodes) {
    if (filter === null) continue
    const isLookedAt = named === undefined || named.has(name)
    const sentence = isLookedAt ? SENTENCES[filter] : "node(s) didn't satisfy plugin(s) [NodeAffinity]"
    reasons[sentence] = (reasons[sentence] ?? 0) + 1
  }
  return reasons
}

function namedByFields(terms: readonly Term[]): Set<string> | undefined {
  if (terms.length === 0) return undefined
  const named = new Set<string>()
  for (const { matchFields = [] } of terms) {
    const lists = matchFields.filter(({ operator }) => operator === 'In').map(({ values }) => values)
    const [first, ...others] = lists
    if (first === undefined) return undefined
    for (const name of first) if (others.every(list => list.includes(name))) named.add(name)
  }
  return named
}
