import { Gauge, type Registry } from 'prom-client'
import type { State } from '../policy/reasons.ts'
import { STATES } from './label-values.ts'
import { registerGauge, seconds } from './optional-gauge.ts'

/** What is read of the inventory at each scrape; null where there is nothing to tell yet. */
export interface ClusterSources {
  stateCounts(): Readonly<Record<State, number>>
  inventoryAgeMs(): number | null
  /** The same by what the inventory is made of: the kinds of a cluster, or `file`. */
  inventoryAgesMs?(): Readonly<Record<string, number>>
  outage(): boolean
}

/** Registers what is told of the cluster by whoever follows it. */
export const registerCluster = (registry: Registry, sources: ClusterSources): void => {
  new Gauge({
    name: 'soci_guard_nodes',
    help: 'Nodes in the inventory, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const counts = sources.stateCounts()
      for (const state of STATES) this.set({ state }, counts[state])
    },
  })
  registerGauge(
    registry,
    'soci_guard_inventory_age_seconds',
    'Seconds since the inventory was last known to be current.',
    () => seconds(sources.inventoryAgeMs()),
  )
  new Gauge({
    name: 'soci_guard_inventory_kind_age_seconds',
    help: 'Seconds since this part of the inventory was last known to be current.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, ageMs] of Object.entries(sources.inventoryAgesMs?.() ?? {})) this.set({ kind }, ageMs / 1000)
    },
  })
  registerGauge(
    registry,
    'soci_guard_outage',
    '1 while so many report nodes are Unverified that the outage rule applies.',
    () => (sources.outage() ? 1 : 0),
  )
}
