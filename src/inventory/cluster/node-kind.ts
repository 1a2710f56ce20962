import type { NodeFacts } from '../../policy/node-facts.ts'
import { parseNodeFacts } from '../../policy/parse-node-facts.ts'
import type { InventoryTarget } from '../apply-inventory.ts'
import type { SharedParts } from './shared-parts.ts'
import { type ObjectShapeSource, type WatchedKind, type WireFormat, wireFormat } from './watched-kind.ts'

const NODE_INFO = { bootID: true, containerRuntimeVersion: true, operatingSystem: true } as const

const wireOf = (status: ObjectShapeSource): WireFormat =>
  wireFormat(
    { uid: true, labels: true, creationTimestamp: true },
    {
      kind: true,
      spec: { unschedulable: true, taints: [{ key: true, value: true, effect: true }] },
      status,
    },
  )

const WIRE = wireOf({ nodeInfo: NODE_INFO })

const WIRE_WITH_CONDITIONS = wireOf({
  nodeInfo: NODE_INFO,
  conditions: [{ type: true, status: true, reason: true, message: true }],
})

/** Nodes: of some 19 KB each, less than one is kept. Their conditions cost time and are read only for who writes one. */
export const nodeKind = (
  roster: InventoryTarget,
  nowMs: () => number,
  shared: SharedParts,
  readsConditions = false,
): WatchedKind<NodeFacts> => ({
  name: 'nodes',
  path: '/api/v1/nodes',
  resource: { group: '', resource: 'nodes', verbs: ['get', 'list', 'watch'] },
  wire: readsConditions ? WIRE_WITH_CONDITIONS : WIRE,
  parse: object => {
    const parsed = parseNodeFacts(object)
    return parsed.ok ? { ok: true, value: compact(parsed.value, shared) } : parsed
  },
  put: facts => roster.setNode(facts, nowMs()),
  remove: name => roster.removeNode(name),
})

const NO_TAINTS: NodeFacts['taints'] = []

const compact = (facts: NodeFacts, shared: SharedParts): NodeFacts => ({
  ...facts,
  taints: facts.taints.length === 0 ? NO_TAINTS : shared.part(facts.taints),
  containerRuntimeVersion: shared.text(facts.containerRuntimeVersion),
  operatingSystem: shared.text(facts.operatingSystem),
  ...(facts.snapshotterReady && { snapshotterReady: shared.part(facts.snapshotterReady) }),
})
