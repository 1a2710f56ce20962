import fc from 'fast-check'
import { podObject } from '../guard/pod-object.ts'
import { effect, labelKey, labelValue, sometimes, taintKey, taintValue } from './vocabulary.ts'

/** A required node affinity's term as it stands in a manifest. */
export interface Term {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values: string[] }[]
}

const requirement = fc.oneof(
  fc.record({
    key: labelKey,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(labelValue, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: labelKey, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  fc.record({ key: labelKey, operator: fc.constantFrom('Gt', 'Lt'), values: labelValue.map(value => [value]) }),
)

const toleration = fc.oneof(
  fc.record({ operator: fc.constant('Exists') }),
  fc.record({ key: taintKey, operator: fc.constant('Exists'), effect: sometimes(60, effect) }),
  fc.record({
    key: taintKey,
    operator: sometimes(50, fc.constant('Equal')),
    value: taintValue,
    effect: sometimes(60, effect),
  }),
)

const field = (nodeNames: readonly string[]) =>
  fc.record({
    key: fc.constant('metadata.name'),
    operator: fc.oneof({ weight: 4, arbitrary: fc.constant('In') }, { weight: 1, arbitrary: fc.constant('NotIn') }),
    values: fc.constantFrom('no-such-node', ...nodeNames).map(name => [name]),
  })

const affinity = (nodeNames: readonly string[]): fc.Arbitrary<Term[]> => {
  const term = fc.record({
    matchExpressions: sometimes(80, fc.array(requirement, { minLength: 1, maxLength: 3 })),
    matchFields: sometimes(15, fc.array(field(nodeNames), { minLength: 1, maxLength: 2 })),
  })
  return fc.array(term as fc.Arbitrary<Term>, { minLength: 1, maxLength: 3 })
}

const nodeSelector = fc.dictionary(labelKey, labelValue, { minKeys: 1, maxKeys: 2, noNullPrototype: true })

/** Pods `p-0`, `p-1`, … with random selectors, affinity, tolerations and runtime classes, always the same for a seed. */
export function randomPods(
  seed: number,
  count: number,
  nodeNames: readonly string[],
  runtimeClasses: readonly string[],
) {
  const pod = fc.record({
    nodeSelector: sometimes(25, nodeSelector),
    terms: sometimes(60, affinity(nodeNames)),
    tolerations: sometimes(60, fc.array(toleration, { minLength: 1, maxLength: 3 })),
    runtimeClassName: sometimes(10, fc.constantFrom(...runtimeClasses)),
  })
  return fc.sample(pod, { seed, numRuns: count }).map(({ terms, ...spec }, index) => {
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } }
    const name = `p-${index}`
    return {
      name,
      terms: terms ?? [],
      object: podObject(name, { spec: { ...spec, ...(terms ? { affinity: { nodeAffinity: required } } : {}) } }),
    }
  })
}

/** One of them. */
export type RandomPod = ReturnType<typeof randomPods>[number]
