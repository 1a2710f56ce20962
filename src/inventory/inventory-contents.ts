import type { PodFacts } from '../admission/cluster-view.ts'
import type { NodeFacts } from '../policy/node-facts.ts'
import type { RuntimeClassFacts } from '../policy/runtime-class-facts.ts'
import type { NodeReport } from '../report/node-report.ts'

/** Everything that an inventory file holds, by name; frozen in meaning: a reload makes a new one. */
export interface InventoryContents {
  readonly nodes: ReadonlyMap<string, NodeFacts>
  readonly reports: ReadonlyMap<string, NodeReport>
  readonly runtimeClasses: ReadonlyMap<string, RuntimeClassFacts>
  /** The value of the label soci-guard.dev/mode by namespace, undefined without one. */
  readonly namespaceModes: ReadonlyMap<string, string | undefined>
  /** By `namespace/name`. */
  readonly pods: ReadonlyMap<string, PodFacts>
}

/** The inventory of a cluster that has nothing. */
export const EMPTY_INVENTORY: InventoryContents = {
  nodes: new Map(),
  reports: new Map(),
  runtimeClasses: new Map(),
  namespaceModes: new Map(),
  pods: new Map(),
}
