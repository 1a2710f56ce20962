import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { NodeMarkRecorder } from '../controller/nodes/node-marker.ts'
import type { MarkPart } from '../controller/nodes/write-marks.ts'

const PARTS: readonly MarkPart[] = ['node', 'status']
const RESULTS = ['written', 'unchanged', 'gone', 'failed'] as const
const DELAY_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Registers what is told of the marks on Nodes; docs/metrics.md lists it. */
export const createMarkMetrics = (
  registry: Registry,
  sources: { queued(part: MarkPart): number },
): NodeMarkRecorder => {
  const registers = [registry]
  const writes = new Counter({
    name: 'soci_guard_controller_node_writes_total',
    help: 'Writes of taint and label (node) or condition (status) to Nodes, by what came of them.',
    labelNames: ['part', 'result'],
    registers,
  })
  for (const part of PARTS) for (const result of RESULTS) writes.inc({ part, result }, 0)
  const delays = new Histogram({
    name: 'soci_guard_controller_node_write_delay_seconds',
    help: 'Time from the moment a Node had to be marked otherwise until it was.',
    labelNames: ['part'],
    buckets: DELAY_BUCKETS_SECONDS,
    registers,
  })
  new Gauge({
    name: 'soci_guard_controller_node_writes_queued',
    help: 'Nodes that wait to be marked otherwise.',
    labelNames: ['part'],
    registers,
    collect() {
      for (const part of PARTS) this.set({ part }, sources.queued(part))
    },
  })
  return {
    markWritten: (part, result) => writes.inc({ part, result }),
    markDelayed: (part, delayMs) => delays.observe({ part }, delayMs / 1000),
  }
}
