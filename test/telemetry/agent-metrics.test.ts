import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import { type AgentSources, createAgentMetrics, PUBLISH_RESULTS } from '../../src/telemetry/agent-metrics.ts'

const SOURCES: AgentSources = {
  verified: () => true,
  mixed: () => false,
  sequence: () => 1007,
  lastPublishMs: () => 1_795_338_000_500,
}

const start = (sources: Partial<AgentSources> = {}) => {
  const registry = new Registry()
  const metrics = createAgentMetrics(registry, { ...SOURCES, ...sources }, '0.1.0')
  const scrape = async (prefix: string): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter(line => line.startsWith(prefix))
  return { registry, metrics, scrape }
}

t.test('the state of the node is read at each scrape', async t => {
  const { scrape } = start({ mixed: () => true })
  t.strictSame(await scrape('soci_guard_agent_verified'), ['soci_guard_agent_verified 1'])
  t.strictSame(await scrape('soci_guard_agent_mixed'), ['soci_guard_agent_mixed 1'])
  t.strictSame(await scrape('soci_guard_agent_sequence'), ['soci_guard_agent_sequence 1007'])
  t.strictSame(await scrape('soci_guard_agent_last_publish'), [
    'soci_guard_agent_last_publish_timestamp_seconds 1795338000.5',
  ])
})

t.test('before the first publication there is no time of one', async t => {
  const { scrape } = start({ lastPublishMs: () => null })
  t.strictSame(await scrape('soci_guard_agent_last_publish'), [])
})

t.test('what happens is counted, and every way to fail is there from the start', async t => {
  const { metrics, scrape } = start()
  metrics.changed()
  metrics.streamLost()
  metrics.swept('failure', 40)
  metrics.publishEnded('conflict')
  t.strictSame(await scrape('soci_guard_agent_events_total'), ['soci_guard_agent_events_total 1'])
  t.strictSame(await scrape('soci_guard_agent_stream_losses_total'), ['soci_guard_agent_stream_losses_total 1'])
  t.strictSame(await scrape('soci_guard_agent_sweep_duration_seconds_sum'), [
    'soci_guard_agent_sweep_duration_seconds_sum{result="failure"} 0.04',
  ])
  const publishes = PUBLISH_RESULTS.map(
    result => `soci_guard_agent_publishes_total{result="${result}"} ${result === 'conflict' ? 1 : 0}`,
  )
  t.strictSame(await scrape('soci_guard_agent_publishes_total'), publishes)
})

t.test("docs/metrics.md lists exactly the agent's metrics, with their types and labels", async t => {
  const { registry } = start()
  const text = await registry.metrics()
  const registered = [...text.matchAll(/^# HELP (soci_guard_agent_\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(
    ([, name = '', help, type]) => {
      const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] }
      return `| \`${name}\` | ${type} | ${labelNames.map(label => `\`${label}\``).join(', ') || '–'} | ${help} |`
    },
  )
  const docs = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  t.strictSame(docs.match(/^\| `soci_guard_agent_.*$/gm), registered)
})
