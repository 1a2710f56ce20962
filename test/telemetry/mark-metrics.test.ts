import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import type { BrakeLevel } from '../../src/controller/brake.ts'
import { createBrakeMetrics } from '../../src/telemetry/brake-metrics.ts'
import { createControllerMetrics } from '../../src/telemetry/controller-metrics.ts'
import { createMarkMetrics } from '../../src/telemetry/mark-metrics.ts'

const start = () => {
  const registry = new Registry()
  let level: BrakeLevel = 'off'
  createBrakeMetrics(registry, { level: () => level, reason: () => null })
  const recorder = createMarkMetrics(registry, { queued: part => (part === 'node' ? 3 : 4) })
  const lines = async (name: string) => (await registry.metrics()).split('\n').filter(line => line.startsWith(name))
  const brake = (next: BrakeLevel): void => {
    level = next
  }
  return { registry, recorder, lines, brake }
}

t.test('the brake shows its level', async t => {
  const { lines, brake } = start()
  const seen = async () => (await lines('soci_guard_controller_brake')).map(line => line.replace(/^.*level=/, ''))
  t.strictSame(await seen(), ['"late"} 0', '"outage"} 0'])
  brake('late')
  t.strictSame(await seen(), ['"late"} 1', '"outage"} 0'])
  brake('outage')
  t.strictSame(await seen(), ['"late"} 0', '"outage"} 1'])
})

t.test('writes are counted by part and result, and the time that they took', async t => {
  const { recorder, lines } = start()
  recorder.markWritten('node', 'written')
  recorder.markDelayed('node', 70)
  const writes = await lines('soci_guard_controller_node_writes_total')
  t.equal(writes.length, 8)
  t.ok(writes.includes('soci_guard_controller_node_writes_total{part="node",result="written"} 1'))
  t.ok(writes.includes('soci_guard_controller_node_writes_total{part="status",result="failed"} 0'))
  const delays = await lines('soci_guard_controller_node_write_delay_seconds_bucket')
  t.ok(delays.includes('soci_guard_controller_node_write_delay_seconds_bucket{le="0.05",part="node"} 0'))
  t.ok(delays.includes('soci_guard_controller_node_write_delay_seconds_bucket{le="0.1",part="node"} 1'))
  t.strictSame(await lines('soci_guard_controller_node_writes_queued'), [
    'soci_guard_controller_node_writes_queued{part="node"} 3',
    'soci_guard_controller_node_writes_queued{part="status"} 4',
  ])
})

t.test('the page says of each metric what its help says', async t => {
  const { registry } = start()
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  for (const { name, type, help } of await registry.getMetricsAsJSON()) {
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] }
    const labels = labelNames.map(label => `\`${label}\``).join(', ') || '–'
    t.ok(page.includes(`| \`${name}\` | ${type} | ${labels} | ${help} |`), name)
  }
})

t.test('the process shows what it follows, as the webhook does', async t => {
  const registry = new Registry()
  const { configurationReloaded } = createControllerMetrics(
    registry,
    {
      stateCounts: () => ({ Ready: 5, NotDefault: 0, Mixed: 2, Broken: 0, Unverified: 0 }),
      inventoryAgeMs: () => 2000,
      inventoryAgesMs: () => ({ nodes: 2000, reports: 1000 }),
      outage: () => true,
      droppedLogLines: () => 1,
    },
    '0.1.0',
  )
  configurationReloaded('failure', 0)
  const text = await registry.metrics()
  for (const line of [
    'soci_guard_nodes{state="Mixed"} 2',
    'soci_guard_inventory_age_seconds 2',
    'soci_guard_inventory_kind_age_seconds{kind="reports"} 1',
    'soci_guard_outage 1',
    'soci_guard_log_lines_dropped_total 1',
    'soci_guard_configuration_reloads_total{result="failure"} 1',
    `soci_guard_build_info{version="0.1.0",node_version="${process.versions.node}"} 1`,
  ])
    t.ok(text.split('\n').includes(line), line)
})
