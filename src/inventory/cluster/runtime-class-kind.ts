import type { RuntimeClassFacts } from '../../policy/runtime-class-facts.ts'
import type { InventoryTarget } from '../apply-inventory.ts'
import { parseRuntimeClass } from '../parse-runtime-class.ts'
import { type WatchedKind, wireFormat } from './watched-kind.ts'

const WIRE = wireFormat({}, { handler: true, scheduling: { nodeSelector: true, tolerations: true } })

/** RuntimeClasses: which handler a pod's class stands for, and what it adds to the pod's scheduling. */
export const runtimeClassKind = (roster: InventoryTarget): WatchedKind<RuntimeClassFacts> => ({
  name: 'runtimeclasses',
  path: '/apis/node.k8s.io/v1/runtimeclasses',
  resource: { group: 'node.k8s.io', resource: 'runtimeclasses', verbs: ['list', 'watch'] },
  wire: WIRE,
  parse: parseRuntimeClass,
  put: facts => roster.setRuntimeClass(facts),
  remove: name => roster.removeRuntimeClass(name),
})
