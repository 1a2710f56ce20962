import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import { allowed, type Outcome } from '../../src/admission/outcome.ts'
import { createMetrics, type MetricSources } from '../../src/telemetry/metrics.ts'

const SOURCES: MetricSources = {
  stateCounts: () => ({ Ready: 3, NotDefault: 0, Mixed: 1, Broken: 0, Unverified: 2 }),
  inventoryAgeMs: () => 1500,
  certificateNotAfterMs: () => 1_800_000_000_000,
  inFlight: () => 4,
  outage: () => true,
  droppedLogLines: () => 7,
}

const start = (sources: Partial<MetricSources> = {}) => {
  const registry = new Registry()
  const metrics = createMetrics(registry, { ...SOURCES, ...sources }, '0.1.0')
  const scrape = async (prefix: string): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter(line => line.startsWith(prefix))
  return { registry, metrics, scrape }
}

const denied: Outcome = {
  ...allowed({ mode: 'enforce', state: 'Mixed', reason: 'ConfiguredAfterLaunch' }),
  decision: 'deny',
}
const failedOpen: Outcome = { ...allowed({ mode: 'warn', reason: 'SOCI_GUARD_POD_UNREADABLE' }), decision: 'warn' }

t.test('reviews are counted by webhook, mode, decision and reason, however often they are scraped', async t => {
  const { metrics, scrape } = start()
  metrics.reviewed('bindings', denied, 0.02)
  metrics.reviewed('bindings', denied, 0.02)
  metrics.reviewed('advisory', allowed({ exempt: 'namespace' }), 0.02)
  for (let scrapes = 1; scrapes <= 2; scrapes += 1) {
    const counted = (await scrape('soci_guard_reviews_total{')).filter(line => !line.endsWith(' 0'))
    t.strictSame(counted.sort(), [
      'soci_guard_reviews_total{webhook="advisory",mode="",decision="allow",reason=""} 1',
      'soci_guard_reviews_total{webhook="bindings",mode="enforce",decision="deny",reason="ConfiguredAfterLaunch"} 2',
    ])
  }
})

t.test('the series that a cluster is expected to show are there before their first event', async t => {
  const { scrape } = start()
  const zeros = await scrape('soci_guard_reviews_total{')
  t.ok(zeros.includes('soci_guard_reviews_total{webhook="pods",mode="enforce",decision="allow",reason=""} 0'))
  t.ok(
    zeros.includes('soci_guard_reviews_total{webhook="bindings",mode="enforce",decision="deny",reason="NoReport"} 0'),
  )
  t.ok(
    zeros.includes('soci_guard_reviews_total{webhook="advisory",mode="enforce",decision="warn",reason="NoReport"} 0'),
  )
  t.ok(
    zeros.includes('soci_guard_reviews_total{webhook="bindings",mode="audit",decision="audit",reason="ReportStale"} 0'),
  )
  t.strictSame(await scrape('soci_guard_configuration_reloads_total{'), [
    'soci_guard_configuration_reloads_total{result="success"} 0',
    'soci_guard_configuration_reloads_total{result="failure"} 0',
  ])
  t.strictSame(await scrape('soci_guard_body_limit_rejections_total'), ['soci_guard_body_limit_rejections_total 0'])
})

t.test('what could not be judged is counted by webhook, code and answer, over all modes', async t => {
  const { metrics, scrape } = start()
  metrics.reviewed('bindings', failedOpen, 1)
  metrics.reviewed('bindings', { ...failedOpen, mode: 'enforce' }, 1)
  metrics.reviewed('bindings', denied, 1)
  t.strictSame(await scrape('soci_guard_stance_total{'), [
    'soci_guard_stance_total{webhook="bindings",code="SOCI_GUARD_POD_UNREADABLE",answer="warn"} 2',
  ])
})

t.test('durations fall into cumulative buckets of seconds, each bound belonging to its bucket', async t => {
  const { metrics, scrape } = start()
  for (const durationMs of [0.05, 0.1, 0.11, 9999, 20_000]) metrics.reviewed('pods', denied, durationMs)
  const samples = await scrape('soci_guard_review_duration_seconds')
  const pods = new Map(
    samples
      .filter(line => line.includes('webhook="pods"'))
      .map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]),
  )
  const bucket = (le: string) => pods.get(`soci_guard_review_duration_seconds_bucket{le="${le}",webhook="pods"}`)
  t.strictSame([bucket('0.0001'), bucket('0.00025'), bucket('5'), bucket('10'), bucket('+Inf')], [2, 3, 3, 4, 5])
  t.equal(pods.get('soci_guard_review_duration_seconds_count{webhook="pods"}'), 5)
  t.ok(Math.abs((pods.get('soci_guard_review_duration_seconds_sum{webhook="pods"}') ?? 0) - 29.99926) < 1e-9)
  t.equal(samples.length, 3 * 19, '16 bounds, +Inf, sum and count for each webhook')
  t.ok(samples.includes('soci_guard_review_duration_seconds_count{webhook="bindings"} 0'))
})

t.test('gauges are read at each scrape, and say nothing where there is nothing to tell', async t => {
  let ageMs: number | null = null
  const { metrics, scrape } = start({ inventoryAgeMs: () => ageMs, certificateNotAfterMs: () => null })
  t.strictSame(await scrape('soci_guard_inventory_age_seconds'), [])
  t.strictSame(await scrape('soci_guard_certificate_expiry_timestamp_seconds'), [])
  t.strictSame(await scrape('soci_guard_configuration_last_success_timestamp_seconds'), [])
  ageMs = 2500
  metrics.configurationReloaded('failure', 1000)
  t.strictSame(await scrape('soci_guard_configuration_last_success_timestamp_seconds'), [])
  metrics.configurationReloaded('success', 1_763_000_000_500)
  metrics.bodyTooLarge()
  t.strictSame(await scrape('soci_guard_inventory_age_seconds'), ['soci_guard_inventory_age_seconds 2.5'])
  t.strictSame(await scrape('soci_guard_configuration_'), [
    'soci_guard_configuration_reloads_total{result="success"} 1',
    'soci_guard_configuration_reloads_total{result="failure"} 1',
    'soci_guard_configuration_last_success_timestamp_seconds 1763000000.5',
  ])
  t.strictSame(await scrape('soci_guard_body_limit_rejections_total'), ['soci_guard_body_limit_rejections_total 1'])
})

t.test('what the process tells about itself is there', async t => {
  const { scrape } = start()
  t.strictSame(await scrape('soci_guard_nodes{'), [
    'soci_guard_nodes{state="Ready"} 3',
    'soci_guard_nodes{state="NotDefault"} 0',
    'soci_guard_nodes{state="Mixed"} 1',
    'soci_guard_nodes{state="Broken"} 0',
    'soci_guard_nodes{state="Unverified"} 2',
  ])
  t.strictSame(await scrape('soci_guard_certificate'), ['soci_guard_certificate_expiry_timestamp_seconds 1800000000'])
  t.strictSame(await scrape('soci_guard_in_flight_reviews'), ['soci_guard_in_flight_reviews 4'])
  t.strictSame(await scrape('soci_guard_outage'), ['soci_guard_outage 1'])
  t.strictSame(await scrape('soci_guard_log_lines_dropped_total'), ['soci_guard_log_lines_dropped_total 7'])
  t.strictSame(await scrape('soci_guard_build_info'), [
    `soci_guard_build_info{version="0.1.0",node_version="${process.versions.node}"} 1`,
  ])
  t.equal((await scrape('process_cpu_seconds_total')).length, 1)
})

t.test('a label value of no closed set is a bug, not a series', async t => {
  const { metrics } = start()
  t.throws(() => metrics.reviewed('bindings', { ...denied, reason: 'web-1' as never }, 1), {
    message: '"web-1" is in no closed set of label values',
  })
})

t.test('docs/metrics.md lists exactly the metrics that are registered, with their types and labels', async t => {
  const { registry } = start()
  const text = await registry.metrics()
  const registered = [...text.matchAll(/^# HELP (soci_guard_\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(
    ([, name = '', help, type]) => {
      const labels = (registry.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames
      return { name, type, labels: labels.join(', '), help }
    },
  )
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  const [docs = ''] = page.split('\n## The controller')
  const documented = [...docs.matchAll(/^\| `(soci_guard_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$/gm)].map(
    ([, name, type, labels = '', help]) => ({
      name,
      type,
      labels: labels.replaceAll('`', '').replace('–', ''),
      help,
    }),
  )
  t.strictSame(documented, registered)
})
