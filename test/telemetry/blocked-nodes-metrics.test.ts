import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import { createBlockedNodesMetrics } from '../../src/telemetry/blocked-nodes-metrics.ts'

const samples = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter(line => line !== '' && !line.startsWith('#'))

t.test('what was published and what failed is told; 0 is never, so that an alert on its age fires', async t => {
  const registry = new Registry()
  const recorder = createBlockedNodesMetrics(registry, () => 5000)
  t.strictSame(await samples(registry), [
    'soci_guard_controller_blocked_nodes 0',
    'soci_guard_controller_blocked_nodes_last_success_timestamp_seconds 0',
    'soci_guard_controller_blocked_nodes_writes_total 0',
    'soci_guard_controller_blocked_nodes_failures_total 0',
  ])
  recorder.failed()
  recorder.published({ nodes: 7, objects: 1, writes: 1 })
  recorder.published({ nodes: 7, objects: 1, writes: 0 })
  t.strictSame(await samples(registry), [
    'soci_guard_controller_blocked_nodes 7',
    'soci_guard_controller_blocked_nodes_last_success_timestamp_seconds 5',
    'soci_guard_controller_blocked_nodes_writes_total 1',
    'soci_guard_controller_blocked_nodes_failures_total 1',
  ])
})

t.test('docs/metrics.md has a row for each', async t => {
  const registry = new Registry()
  createBlockedNodesMetrics(registry, () => 0)
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  const registered = [...(await registry.metrics()).matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)]
  t.equal(registered.length, 4)
  for (const [, name, help, type] of registered) {
    t.ok(page.includes(`| \`${name}\` | ${type} | – | ${help} |`), String(name))
  }
})
