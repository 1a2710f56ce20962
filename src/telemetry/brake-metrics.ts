import { Gauge, type Registry } from 'prom-client'
import type { BrakeLevel, GradedBrake } from '../controller/brake.ts'

const LEVELS: readonly BrakeLevel[] = ['late', 'outage']

/** Registers the metric that says whether the controller's brake is on; docs/metrics.md lists it. */
export const createBrakeMetrics = (registry: Registry, brake: GradedBrake): void => {
  new Gauge({
    name: 'soci_guard_controller_brake',
    help: '1 while the controller holds nothing new against nodes, because of an outage of the evidence or because reports are late.',
    labelNames: ['level'],
    registers: [registry],
    collect() {
      const level = brake.level()
      for (const one of LEVELS) this.set({ level: one }, one === level ? 1 : 0)
    },
  })
}
