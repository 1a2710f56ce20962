import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import type { DesiredMarks } from '../../../src/controller/nodes/desired-marks.ts'
import { conditionPatch, taintAndLabelPatch } from '../../../src/controller/nodes/mark-patches.ts'
import { marksOf } from '../../../src/controller/nodes/node-marks.ts'
import { withMarks } from '../../../src/controller/nodes/with-marks.ts'
import type { NodeFacts } from '../../../src/policy/node-facts.ts'
import { parseNodeFacts } from '../../../src/policy/parse-node-facts.ts'
import { type FakeNode, jsonPatch, statusPatch } from '../../support/fake-node-patches.ts'

const TAINT = 'soci-guard.dev/snapshotter'
const LABEL = 'soci-guard.dev/state'
const TIME = '2026-11-22T10:00:00Z'

// fast-check's objects have no prototype, those of the wire have one.
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))
const word = fc.constantFrom('Ready', 'Mixed', 'Broken', '')
const ourTaint = fc.record({ key: fc.constant(TAINT), value: word, effect: fc.constant('NoSchedule') })
const otherTaint = fc.record({
  key: fc.constantFrom('a', 'b/c', TAINT),
  value: word,
  effect: fc.constantFrom('NoExecute', 'PreferNoSchedule'),
  timeAdded: fc.constant(TIME),
})
const taints = fc
  .tuple(fc.uniqueArray(otherTaint, { selector: ({ key, effect }) => key + effect }), fc.option(ourTaint), fc.nat(9))
  .map(([others, ours, place]) =>
    ours === null ? others : others.toSpliced(place % (others.length + 1), 0, ours as never),
  )
const labels = fc.dictionary(
  fc.constantFrom('constructor', 'team', LABEL, 'a/b'),
  fc.constantFrom('x', 'Mixed', 'Ready'),
)
const condition = fc.record({
  type: fc.constantFrom('Ready', 'SnapshotterReady', 'DiskPressure'),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: word,
  message: word,
  lastTransitionTime: fc.constant('before'),
})
const node = fc.record({ taints, labels, conditions: fc.uniqueArray(condition, { selector: ({ type }) => type }) }).map(
  ({ taints, labels, conditions }): FakeNode =>
    plain({
      metadata: { name: 'n', uid: 'u', resourceVersion: '1', ...(Object.keys(labels).length > 0 && { labels }) },
      spec: taints.length > 0 ? { taints } : {},
      status: { conditions },
    }),
)
const wantedText = fc.constantFrom('Mixed', 'Ready', null, undefined)
const desired: fc.Arbitrary<DesiredMarks> = fc.record({
  taint: wantedText,
  label: wantedText,
  condition: fc.option(
    fc.record({ status: fc.constantFrom('True', 'False'), reason: word, message: word }).map(plain),
    {
      nil: null,
    },
  ),
})

const factsOf = (object: FakeNode): NodeFacts => {
  const parsed = parseNodeFacts(object)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const apply = (object: FakeNode, wanted: DesiredMarks): FakeNode => {
  const facts = factsOf(object)
  const after = structuredClone(object)
  const operations = taintAndLabelPatch(facts, wanted)
  if (operations !== null && jsonPatch(after, operations) !== null)
    throw new Error('a patch of what is there is refused')
  const patch = conditionPatch(facts, wanted.condition, TIME)
  if (patch !== null) statusPatch(after, patch as never)
  return after
}

const notOurs = ({ metadata, spec, status }: FakeNode) => ({
  taints: (spec.taints ?? []).filter(({ key, effect }) => key !== TAINT || effect !== 'NoSchedule'),
  labels: Object.entries(metadata.labels ?? {}).filter(([key]) => key !== LABEL),
  conditions: (status.conditions ?? []).filter(({ type }) => type !== 'SnapshotterReady').map(({ type }) => type),
})

t.test('a patch brings the marks to what they should be, and nothing else to anything', async t => {
  fc.assert(
    fc.property(node, desired, (before, wanted) => {
      const after = apply(before, wanted)
      const [was, is] = [marksOf(factsOf(before)), marksOf(factsOf(after))]
      for (const mark of ['taint', 'label', 'condition'] as const) {
        deepStrictEqual(is[mark], plain(wanted[mark] === undefined ? was[mark] : wanted[mark]))
      }
      deepStrictEqual(notOurs(after), notOurs(before))
      deepStrictEqual(marksOf(withMarks(factsOf(before), wanted)), is, 'what we believe afterwards is what is there')
      deepStrictEqual(taintAndLabelPatch(factsOf(after), wanted), null)
      deepStrictEqual(conditionPatch(factsOf(after), wanted.condition, TIME), null)
    }),
  )
  t.pass()
})

t.test('a patch of what was there changes nothing of others on what is there now, or is refused', async t => {
  let refused = 0
  fc.assert(
    fc.property(node, node, desired, (then, now, wanted) => {
      const operations = taintAndLabelPatch(factsOf(then), wanted)
      const after = structuredClone(now)
      if (operations === null) return
      if (jsonPatch(after, operations) === null) {
        deepStrictEqual(notOurs(after), notOurs(now))
        deepStrictEqual(marksOf(factsOf(after)).condition, marksOf(factsOf(now)).condition)
      } else refused += 1
    }),
  )
  t.ok(refused > 0)
})

t.test('a condition of another status has another time of transition, and one of the same keeps its own', async t => {
  const facts: NodeFacts = {
    ...factsOf({ metadata: { name: 'n', uid: 'u', resourceVersion: '' }, spec: {}, status: {} }),
    snapshotterReady: { status: 'False', reason: 'NoReport', message: 'm' },
  }
  const sent = (status: string) => conditionPatch(facts, { status, reason: 'R', message: 'n' }, TIME)
  const same = { type: 'SnapshotterReady', status: 'False', reason: 'R', message: 'n', lastHeartbeatTime: TIME }
  t.strictSame(sent('False'), { metadata: { uid: 'u' }, status: { conditions: [same] } })
  t.strictSame(sent('True'), {
    metadata: { uid: 'u' },
    status: { conditions: [{ ...same, status: 'True', lastTransitionTime: TIME }] },
  })
})
