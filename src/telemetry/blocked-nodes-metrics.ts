import { Counter, Gauge, type Registry } from 'prom-client'
import type { BlockedNodesRecorder } from '../controller/blocked-nodes/blocked-nodes-recorder.ts'

/** Registers what is told of BlockedNodes; docs/metrics.md lists it. */
export const createBlockedNodesMetrics = (registry: Registry, wallMs: () => number): BlockedNodesRecorder => {
  const registers = [registry]
  let nodes = 0
  let publishedMs = 0
  new Gauge({
    name: 'soci_guard_controller_blocked_nodes',
    help: 'Nodes that the policy inside the API server refuses.',
    registers,
    collect() {
      this.set(nodes)
    },
  })
  new Gauge({
    name: 'soci_guard_controller_blocked_nodes_last_success_timestamp_seconds',
    help: 'When BlockedNodes was last known to be as wanted, Unix time; 0 before.',
    registers,
    collect() {
      this.set(publishedMs / 1000)
    },
  })
  const writes = new Counter({
    name: 'soci_guard_controller_blocked_nodes_writes_total',
    help: 'Writes of BlockedNodes objects.',
    registers,
  })
  const failures = new Counter({
    name: 'soci_guard_controller_blocked_nodes_failures_total',
    help: 'Attempts to keep BlockedNodes that failed; each is made again.',
    registers,
  })
  return {
    published: counts => {
      nodes = counts.nodes
      publishedMs = wallMs()
      writes.inc(counts.writes)
    },
    failed: () => failures.inc(),
  }
}
