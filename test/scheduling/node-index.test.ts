import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Bitset, forEachSlot } from '../../src/scheduling/bitset.ts'
import { firstFilter } from '../../src/scheduling/node-filter.ts'
import { createNodeIndex, type NodeIndex } from '../../src/scheduling/node-index.ts'
import type { PodConstraints } from '../../src/scheduling/pod-constraints.ts'
import type { SchedulingNode } from '../../src/scheduling/scheduling-node.ts'
import { nodeName, podConstraints, schedulingNode } from './arbitraries.ts'
import { expressions, fields, node, pod, requirement, taint, toleration } from './builders.ts'

const namesIn = (index: NodeIndex, slots: Bitset): string[] => {
  const names: string[] = []
  forEachSlot(slots, slot => names.push(index.nodeAt(slot)?.name ?? `free slot ${slot}`))
  return names.sort()
}

const namesFiltered = (nodes: Iterable<SchedulingNode>, constraints: PodConstraints): string[] =>
  [...nodes]
    .filter(node => firstFilter(constraints, node) === null)
    .map(({ name }) => name)
    .sort()

const change = fc.oneof({ weight: 3, arbitrary: schedulingNode(nodeName) }, { weight: 1, arbitrary: nodeName })

t.test('after any changes the candidates are the nodes that no filter refuses', async () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.array(podConstraints, { maxLength: 4 }), (changes, pods) => {
      const [index, nodes] = [createNodeIndex(), new Map<string, SchedulingNode>()]
      for (const step of changes) {
        if (typeof step === 'string') assert.equal(index.remove(step) !== undefined, nodes.delete(step))
        else {
          nodes.set(step.name, step)
          assert.equal(index.nodeAt(index.set(step)), step)
        }
      }
      assert.equal(index.size, nodes.size)
      for (const constraints of pods) {
        assert.deepEqual(namesIn(index, index.candidates(constraints)), namesFiltered(nodes.values(), constraints))
      }
    }),
    { numRuns: 500 },
  )
})

t.test('so many nodes that values are held as bits, changed and removed again', async () => {
  const nodes = fc.array(schedulingNode(fc.constant('')), { minLength: 300, maxLength: 300 })
  fc.assert(
    fc.property(nodes, fc.array(podConstraints, { minLength: 5, maxLength: 5 }), (templates, pods) => {
      const index = createNodeIndex()
      const named = templates.map((template, at) => ({ ...template, name: `node${at % 200}` }))
      for (const node of named) index.set(node)
      const current = new Map(named.map(node => [node.name, node]))
      for (let at = 0; at < 200; at += 3) {
        index.remove(`node${at}`)
        current.delete(`node${at}`)
      }
      for (const constraints of pods) {
        assert.deepEqual(namesIn(index, index.candidates(constraints)), namesFiltered(current.values(), constraints))
      }
    }),
    { numRuns: 30 },
  )
})

t.test('a node keeps its slot when it is replaced', async t => {
  const index = createNodeIndex()
  const slot = index.set(node({ labels: { disk: 'ssd' } }))
  t.equal(index.set(node({ labels: { disk: 'hdd' } })), slot)
  t.equal(index.size, 1)
  t.strictSame(namesIn(index, index.candidates(pod({ nodeSelector: { disk: 'ssd' } }))), [])
  t.strictSame(namesIn(index, index.candidates(pod({ nodeSelector: { disk: 'hdd' } }))), ['node1'])
})

t.test('the slot of a removed node goes to a later one, without anything of the former', async t => {
  const index = createNodeIndex()
  const former = node({ name: 'former', labels: { disk: 'ssd' }, taints: [taint()], unschedulable: true })
  const slot = index.set(former)
  index.set(node({ name: 'other' }))
  t.equal(index.remove('former'), slot)
  t.equal(index.slotOf('former'), undefined)
  t.equal(index.nodeAt(slot), undefined)
  t.equal(index.set(node({ name: 'later' })), slot)
  t.equal(index.slotOf('later'), slot)
  t.equal(index.capacity, 2)
  t.strictSame(namesIn(index, index.candidates(pod())), ['later', 'other'])
  t.strictSame(
    namesIn(index, index.candidates(pod({ nodeSelector: { disk: 'ssd' }, tolerations: [toleration()] }))),
    [],
  )
})

t.test('an empty index has no candidates, and removing from it changes nothing', async t => {
  const index = createNodeIndex()
  t.equal(index.remove('node1'), undefined)
  t.ok(index.candidates(pod()).isEmpty())
  t.ok(index.candidates(pod({ nodeName: 'node1' })).isEmpty())
  t.strictSame([index.size, index.capacity], [0, 0])
})

t.test('a node name and a metadata.name field lead to the node at once', async t => {
  const index = createNodeIndex()
  for (const name of ['a', 'b', 'c']) index.set(node({ name }))
  t.strictSame(namesIn(index, index.candidates(pod({ nodeName: 'b' }))), ['b'])
  const pinned = [fields(requirement('metadata.name', 'In', 'c'))]
  t.strictSame(namesIn(index, index.candidates(pod({ requiredTerms: pinned }))), ['c'])
  t.strictSame(namesIn(index, index.candidates(pod({ requiredTerms: [] }))), [])
})

t.test('lists of taints that only look alike when written one after another are told apart', async t => {
  const index = createNodeIndex()
  index.set(node({ name: 'a', taints: [taint({ key: 'x', value: 'yz' })] }))
  index.set(node({ name: 'b', taints: [taint({ key: 'xy', value: 'z' })] }))
  t.strictSame(namesIn(index, index.candidates(pod({ tolerations: [toleration({ key: 'xy' })] }))), ['b'])
})

t.test('one value of a key with thousands of values is found among them', async t => {
  const index = createNodeIndex()
  for (let number = 0; number < 3000; number++) {
    index.set(
      node({ name: `node${number}`, labels: { 'kubernetes.io/hostname': `node${number}`, number: String(number) } }),
    )
  }
  const few = expressions(requirement('kubernetes.io/hostname', 'In', 'node5', 'node2999', 'gone'))
  const low = expressions(requirement('number', 'Lt', '2'))
  const notHigh = expressions(requirement('number', 'Gt', '0'), requirement('number', 'NotIn', '1', '2'))
  const count = (...requiredTerms: ReturnType<typeof expressions>[]) => index.candidates(pod({ requiredTerms })).count()
  t.strictSame([count(few), count(low), count(few, low), count(notHigh)], [2, 2, 4, 2997])
})
