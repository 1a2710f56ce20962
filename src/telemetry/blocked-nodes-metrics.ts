import { Counter, Gauge, type Registry } from 'prom-client'
import type { BlockedNodesRecorder } from '../controller/blocked-nodes/blocked-nodes-recorder.ts'

/** Registers what is told of BlockedNodes; docs/metrics.md lists it. */
export const createBlockedNodesMetrics = (registry: Registry, wallMs: () => number): BlockedNodesRecorder => {
  const registers = [registry]
  let nodes: number | null = null
  let publishedMs: number | null = null
  new Gauge({
    name: 'soci_guard_controller_blocked_nodes',
    help: 'Nodes that the policy inside the API server refuses.',
    registers,
    collect() {
      if (nodes !== null) this.set(nodes)
    },
  })
  new Gauge({
    name: 'soci_guard_controller_blocked_nodes_last_success_timestamp_seconds',
    help: 'When BlockedNodes was last known to be as wanted, Unix time.',
    registers,
    collect() {
      if (publishedMs !== null) this.set(publishedMs / 1000)
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
