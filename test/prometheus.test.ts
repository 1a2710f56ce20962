// What Prometheus is told to scrape and to look for must be there. Whether an expression means what its words say is for people; here
// every metric and every label in it is one that the code registers.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import { createAgentMetrics } from '../src/telemetry/agent-metrics.ts'
import { createBlockedNodesMetrics } from '../src/telemetry/blocked-nodes-metrics.ts'
import { createBrakeMetrics } from '../src/telemetry/brake-metrics.ts'
import { createCertificateMetrics } from '../src/telemetry/certificate-metrics.ts'
import { createControllerMetrics } from '../src/telemetry/controller-metrics.ts'
import { createMarkMetrics } from '../src/telemetry/mark-metrics.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { createPodAuditMetrics } from '../src/telemetry/pod-audit-metrics.ts'
import { baseObject, MANIFESTS, readManifest, type Yaml } from './support/manifests.ts'

const FOLDER = 'components/prometheus'

/** Metrics of the API server that the rules look at, with their labels; https://kubernetes.io/docs/reference/instrumentation/metrics/. */
const OF_THE_API_SERVER = new Map([
  ['apiserver_admission_webhook_fail_open_count', ['name', 'type']],
  ['apiserver_admission_webhook_rejection_count', ['error_type', 'name', 'operation', 'rejection_code', 'type']],
])

/** Nothing is scraped here, so nothing of what is read at a scrape is needed. */
const nothing = {} as never

const ROLES: readonly ((registry: Registry) => unknown)[] = [
  registry => createMetrics(registry, nothing, ''),
  registry => createAgentMetrics(registry, nothing, ''),
  registry => {
    createControllerMetrics(registry, nothing, '')
    createBrakeMetrics(registry, nothing)
    createMarkMetrics(registry, nothing)
    createBlockedNodesMetrics(registry, () => 0)
    createCertificateMetrics(registry)
    createPodAuditMetrics(registry, () => 0)
  },
]

/** The labels of every metric that any role registers. */
function knownLabels(): Map<string, readonly string[]> {
  const known = new Map<string, readonly string[]>(OF_THE_API_SERVER)
  for (const register of ROLES) {
    const registry = new Registry()
    register(registry)
    for (const { name } of registry.getMetricsAsArray()) {
      // prom-client keeps the names to itself.
      const { labelNames = [] } = registry.getSingleMetric(name) as unknown as { labelNames?: string[] }
      known.set(name, labelNames).set(`${name}_bucket`, [...labelNames, 'le'])
    }
  }
  return known
}

const [rule] = readManifest(`${FOLDER}/prometheus-rule.yaml`)
const alerts: Yaml[] = rule.spec.groups.flatMap((group: Yaml) => group.rules)

t.test('every metric and label that a rule names is there', async t => {
  const known = knownLabels()
  for (const { alert, expr } of alerts) {
    const found = [...expr.matchAll(/((?:soci_guard|apiserver)_\w+)(?:\{([^}]*)\})?/g)]
    t.ok(found.length > 0, alert)
    for (const [, name, matchers = ''] of found) {
      const labels = known.get(name)
      t.ok(labels, `${alert}: ${name}`)
      for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=|!=|=~|!~)\s*"/g))
        t.ok(labels?.includes(label), `${alert}: ${name} has ${label}`)
    }
  }
})

t.test('what the words of an alert show, its expression keeps', async t => {
  for (const { alert, expr, annotations } of alerts)
    for (const [, label] of Object.values(annotations)
      .join(' ')
      .matchAll(/\$labels\.(\w+)/g))
      t.match(expr, new RegExp(`by \\([^)]*\\b${label}\\b`), `${alert} shows ${label}`)
})

t.test('every alert has a name of its own, a severity, a summary, and a place in the documentation', async t => {
  const documented = readFileSync(join(MANIFESTS, '../docs/operations.md'), 'utf8')
  t.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length)
  for (const { alert, labels, annotations } of alerts) {
    t.ok(['critical', 'warning', 'info'].includes(labels.severity), alert)
    t.ok(annotations.summary, alert)
    t.ok(documented.includes(`\`${alert}\``), `docs/operations.md tells of ${alert}`)
  }
  for (const [, name = ''] of documented.matchAll(/`(SociGuard\w+)`/g))
    t.ok(
      alerts.some(({ alert }) => alert === name),
      `${name} of docs/operations.md is an alert`,
    )
})

t.test('every role is scraped at a port that it has', async t => {
  const [serviceMonitor] = readManifest(`${FOLDER}/service-monitor.yaml`)
  const service = baseObject('Service')
  t.ok(service.spec.ports.some((port: Yaml) => port.name === serviceMonitor.spec.endpoints[0].port))
  const pods = [baseObject('Deployment', 'soci-guard-controller'), baseObject('DaemonSet')]
  const monitors = readManifest(`${FOLDER}/pod-monitors.yaml`)
  t.equal(monitors.length, pods.length)
  for (const [index, { spec }] of monitors.entries()) {
    const { metadata, spec: pod } = (pods[index] as Yaml).spec.template
    t.match(metadata.labels, spec.selector.matchLabels)
    t.ok(pod.containers[0].ports.some((port: Yaml) => port.name === spec.podMetricsEndpoints[0].port))
  }
})
