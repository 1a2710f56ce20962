import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import { applyInventory } from '../../src/inventory/apply-inventory.ts'
import { EMPTY_INVENTORY, type InventoryContents } from '../../src/inventory/inventory-contents.ts'
import { parseInventoryTexts } from '../../src/inventory/read-inventory-file.ts'
import { createRoster, type Roster } from '../../src/policy/roster.ts'

const names = fc.constantFrom('a', 'b', 'c', 'd')

const node = fc.record({
  kind: fc.constant('Node'),
  name: names,
  uid: fc.constantFrom('1', '2'),
  unschedulable: fc.boolean(),
})
const report = fc.record({
  kind: fc.constant('NodeSnapshotter'),
  name: names,
  uid: fc.constantFrom('1', '2'),
  snapshotter: fc.constantFrom('soci', 'overlayfs'),
})
const namespace = fc.record({ kind: fc.constant('Namespace'), name: names, mode: fc.constantFrom('', 'audit', 'warn') })
const runtimeClass = fc.record({
  kind: fc.constant('RuntimeClass'),
  name: names,
  handler: fc.constantFrom('runc', 'kata'),
})

const objectOf = (one: { kind: string; name: string } & Record<string, unknown>): object => {
  const metadata = { name: one.name }
  switch (one.kind) {
    case 'Node':
      return {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { ...metadata, uid: one.uid },
        spec: { unschedulable: one.unschedulable },
      }
    case 'NodeSnapshotter':
      return {
        ...{ apiVersion: 'soci-guard.dev/v1alpha1', kind: 'NodeSnapshotter', metadata },
        spec: { nodeUID: one.uid, defaultSnapshotter: { name: one.snapshotter }, verified: true },
      }
    case 'Namespace':
      return {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { ...metadata, labels: one.mode === '' ? {} : { 'soci-guard.dev/mode': one.mode } },
      }
    default:
      return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, handler: one.handler }
  }
}

const inventory = fc
  .uniqueArray(fc.oneof(node, report, namespace, runtimeClass), { selector: ({ kind, name }) => `${kind}/${name}` })
  .map((objects): InventoryContents => {
    const parsed = parseInventoryTexts([{ path: 'x', text: JSON.stringify(objects.map(objectOf)) }])
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.value
  })

const NAMES = ['a', 'b', 'c', 'd']

const snapshotOf = (roster: Roster, nowMs: number): unknown => ({
  verdicts: roster.verdicts(nowMs),
  facts: NAMES.map(name => roster.factsOf(name)),
  reports: NAMES.map(name => roster.reportOf(name)),
  modes: NAMES.map(name => roster.namespaceMode(name)),
  runtimeClasses: NAMES.map(name => roster.runtimeClass(name)),
  counts: roster.stateCounts(),
})

t.test('property: however an inventory came to be, the roster is that of the inventory alone', async t => {
  fc.assert(
    fc.property(fc.array(inventory, { minLength: 1, maxLength: 5 }), inventories => {
      const roster = createRoster(DEFAULT_CONFIGURATION)
      let before = EMPTY_INVENTORY
      inventories.forEach((contents, index) => {
        applyInventory(roster, before, contents, index)
        before = contents
      })
      const nowMs = inventories.length
      const alone = createRoster(DEFAULT_CONFIGURATION)
      applyInventory(alone, EMPTY_INVENTORY, before, nowMs - 1)
      const [found, want] = [snapshotOf(roster, nowMs), snapshotOf(alone, nowMs)].map(one => JSON.stringify(one))
      if (found !== want) throw new Error(`${found}\n${want}`)
    }),
  )
  t.pass()
})

t.test('a node that did not change is not set again', async t => {
  const parsed = parseInventoryTexts([
    { path: 'x', text: JSON.stringify([objectOf({ kind: 'Node', name: 'a', uid: '1' })]) },
  ])
  if (!parsed.ok) throw new Error('expected an inventory')
  const roster = createRoster(DEFAULT_CONFIGURATION)
  applyInventory(roster, EMPTY_INVENTORY, parsed.value, 0)
  const facts = roster.factsOf('a')
  applyInventory(roster, parsed.value, structuredClone(parsed.value), 1)
  t.equal(roster.factsOf('a'), facts)
})
