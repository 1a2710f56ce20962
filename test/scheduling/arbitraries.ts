import fc from 'fast-check'
import type { NodeSelectorTerm, PodConstraints, Toleration } from '../../src/scheduling/pod-constraints.ts'
import type { SchedulingNode, Taint } from '../../src/scheduling/scheduling-node.ts'

// Few words, so that nodes and pods often speak of the same things; the last ones are no label keys or values.
const key = fc.constantFrom('disk', 'cpu', 'example.com/zone', 'constructor', 'a b')
const value = fc.constantFrom('', 'ssd', 'hdd', '1', '007', '8', '16', '9007199254740993', 'x y')
const effect = fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule')
const taintKey = fc.constantFrom('dedicated', 'node.kubernetes.io/unschedulable', 'node.kubernetes.io/not-ready')
const taintValue = fc.constantFrom('', 'gpu', '5', '05', '7')

/** Names of so few nodes that sequences of changes often meet the same one. */
export const nodeName = fc.nat({ max: 11 }).map(number => `node${number}`)

const taint: fc.Arbitrary<Taint> = fc.record({ key: taintKey, value: taintValue, effect })

/** A node with the given kind of name. */
export const schedulingNode = (name: fc.Arbitrary<string>): fc.Arbitrary<SchedulingNode> =>
  fc.record({
    name,
    labels: fc.dictionary(fc.oneof({ weight: 9, arbitrary: key }, fc.constant('__proto__')), value, { maxKeys: 5 }),
    taints: fc.oneof(fc.constant([]), fc.array(taint, { maxLength: 3 })),
    unschedulable: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
  })

const toleration: fc.Arbitrary<Toleration> = fc.record({
  key: fc.oneof(fc.constant(''), taintKey),
  operator: fc.constantFrom('', 'Equal', 'Exists', 'Lt', 'Gt', 'Near'),
  value: taintValue,
  effect: fc.oneof(fc.constant(''), effect),
})

const operator = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Near')

const expression = fc
  .record({ key, operator, values: fc.array(value, { maxLength: 3 }), tidy: fc.nat({ max: 3 }) })
  // Mostly as many values as the operator takes, or nearly every term would be an error.
  .map(({ key, operator, values, tidy }) => ({
    key,
    operator,
    values:
      tidy > 0 && operator.endsWith('xist') ? [] : tidy > 0 && operator.endsWith('t') ? values.slice(0, 1) : values,
  }))

const field = fc.record({
  key: fc.oneof({ weight: 5, arbitrary: fc.constant('metadata.name') }, fc.constantFrom('metadata.uid', '')),
  operator: fc.constantFrom('In', 'NotIn', 'In', 'NotIn', 'Exists'),
  values: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.oneof({ weight: 5, arbitrary: nodeName }, fc.constantFrom('', 'gone'))) },
    fc.array(nodeName, { maxLength: 2 }),
  ),
})

const term: fc.Arbitrary<NodeSelectorTerm> = fc.record({
  matchExpressions: fc.array(expression, { maxLength: 3 }),
  matchFields: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(field, { maxLength: 2 })),
})

/** What a pod asks for, sensible and not. */
export const podConstraints: fc.Arbitrary<PodConstraints> = fc.record({
  nodeName: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, nodeName),
  nodeSelector: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fc.dictionary(key, value, { maxKeys: 2 })),
  requiredTerms: fc.option(fc.array(term, { maxLength: 3 })),
  tolerations: fc.array(toleration, { maxLength: 4 }),
})
