import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { STATES } from './label-values.ts'

/** What a look at the running pods found, as far as metrics show it. */
export interface AuditedPods {
  readonly counts: readonly { readonly state: string; readonly decision: string; readonly pods: number }[]
  readonly nodes: ReadonlyMap<string, { readonly state: string; readonly pods: number }>
  readonly exempt: number
}

/** What the audit of running pods tells the metrics as it happens. */
export interface PodAuditMetrics {
  audited(audited: AuditedPods, durationMs: number): void
  failed(durationMs: number): void
  event(result: string): void
  report(result: string): void
  /** `apiVersion` is '' where the cluster has no kind of report. */
  reports(apiVersion: string, count: number): void
}

/** As many nodes have a series of their own, those with the most pods; the rest is in the sums. */
export const NODES_SHOWN = 100

const DECISIONS = ['deny', 'warn', 'audit']
const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Registers every metric of the audit in the registry; docs/metrics.md lists them. */
export const createPodAuditMetrics = (registry: Registry, wallMs: () => number): PodAuditMetrics => {
  const registers = [registry]
  const durations = new Histogram({
    name: 'soci_guard_pod_audit_duration_seconds',
    help: 'Time to read and judge the pods on violating nodes, by result.',
    labelNames: ['result'],
    buckets: BUCKETS_SECONDS,
    registers,
  })
  const lastSuccess = new Gauge({
    name: 'soci_guard_pod_audit_last_success_timestamp_seconds',
    help: 'When the running pods were last looked at, Unix time.',
    registers,
  })
  const found = createFoundMetrics(registry)
  const events = counter(registry, 'soci_guard_pod_audit_events_total', 'Events about running pods.', EVENT_RESULTS)
  const writes = counter(registry, 'soci_guard_pod_audit_report_writes_total', 'Writes of reports.', REPORT_RESULTS)
  const reports = new Gauge({
    name: 'soci_guard_pod_audit_reports',
    help: 'Reports about nodes that are kept now, by the API that the cluster has for them.',
    labelNames: ['api_version'],
    registers,
  })
  return {
    audited: (audited, durationMs) => {
      durations.observe({ result: 'success' }, durationMs / 1000)
      lastSuccess.set(wallMs() / 1000)
      found(audited)
    },
    failed: durationMs => durations.observe({ result: 'failure' }, durationMs / 1000),
    event: result => events.inc({ result }),
    report: result => writes.inc({ result }),
    reports: (apiVersion, count) => {
      reports.reset()
      if (apiVersion !== '') reports.set({ api_version: apiVersion }, count)
    },
  }
}

const EVENT_RESULTS = ['written', 'failed']
const REPORT_RESULTS = ['written', 'removed', 'failed']

// All results are there from the start, so that a rate can be taken of the first failure.
const counter = (registry: Registry, name: string, help: string, results: readonly string[]): Counter => {
  const counter = new Counter({ name, help, labelNames: ['result'], registers: [registry] })
  for (const result of results) counter.inc({ result }, 0)
  return counter
}

const createFoundMetrics = (registry: Registry): ((audited: AuditedPods) => void) => {
  const registers = [registry]
  const pods = new Gauge({
    name: 'soci_guard_violating_pods',
    help: 'Running pods that would not simply be let in now, by the state of their node and what would be decided.',
    labelNames: ['state', 'decision'],
    registers,
  })
  const exempt = new Gauge({
    name: 'soci_guard_violating_pods_exempt',
    help: 'Running pods that are where they should not be and are exempt.',
    registers,
  })
  const byNode = new Gauge({
    name: 'soci_guard_node_violating_pods',
    help: `Running pods that would not simply be let in now, on each of the ${NODES_SHOWN} nodes that have the most.`,
    labelNames: ['node', 'state'],
    registers,
  })
  const nodes = new Gauge({
    name: 'soci_guard_nodes_with_violating_pods',
    help: 'Nodes on which such pods run.',
    registers,
  })
  return audited => {
    for (const state of STATES) for (const decision of DECISIONS) pods.set({ state, decision }, 0)
    for (const { state, decision, pods: count } of audited.counts) pods.set({ state, decision }, count)
    exempt.set(audited.exempt)
    nodes.set(audited.nodes.size)
    byNode.reset()
    const most = [...audited.nodes].sort(([, one], [, other]) => other.pods - one.pods).slice(0, NODES_SHOWN)
    for (const [node, { state, pods: count }] of most) byNode.set({ node, state }, count)
  }
}
