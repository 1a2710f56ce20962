import fc from 'fast-check'
import type { NodeOptions } from '../cluster/nodes.ts'
import { effect, labelKey, labelValue, percent, taintKey, taintValue } from './vocabulary.ts'

const taints = fc.uniqueArray(fc.record({ key: taintKey, value: taintValue, effect }), {
  maxLength: 2,
  // The API server's own rule for the taints of a node.
  selector: taint => `${taint.key} ${taint.effect}`,
})

const node = fc.record({
  labels: fc.dictionary(labelKey, labelValue, { maxKeys: 4, minKeys: 1, noNullPrototype: true }),
  taints: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: taints }),
  unschedulable: percent(15),
})

/** Nodes `n-0`, `n-1`, … with random labels, taints and cordons, always the same for a seed; each has room for all pods of a test. */
export function randomNodes(seed: number, count: number): NodeOptions[] {
  return fc
    .sample(node, { seed, numRuns: count })
    .map((drawn, index) => ({ ...drawn, name: `n-${index}`, pods: 5_000 }))
}
