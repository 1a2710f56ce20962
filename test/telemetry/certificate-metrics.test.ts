import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import { createCertificateMetrics } from '../../src/telemetry/certificate-metrics.ts'

const authority = { id: 'a', notBeforeMs: 0, notAfterMs: 9000, renewAtMs: 6000 }
const leaf = { ...authority, id: 'l', notAfterMs: 5000, signers: ['a'], sound: true }
const NOTHING = { authorities: [], signs: false, leaf: null, besideLeaf: [], bundles: [] }

const samples = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter(line => line !== '' && !line.startsWith('#'))

const writes = (object: string, count: number) =>
  `soci_guard_controller_certificate_writes_total{object="${object}"} ${count}`

t.test('what was read is told, and what is not there any more is not', async t => {
  const registry = new Registry()
  const recorder = createCertificateMetrics(registry)
  recorder.looked({ ...NOTHING, authorities: [authority, { ...authority, id: 'b' }], signs: true, leaf }, 1000)
  recorder.wrote('writeLeaf')
  recorder.wrote('writeBundles')
  const none = [writes('authority', 0), writes('serving', 1), writes('webhooks', 1)]
  t.strictSame(await samples(registry), [
    'soci_guard_controller_certificate_expiry_timestamp_seconds{certificate="authority"} 9',
    'soci_guard_controller_certificate_expiry_timestamp_seconds{certificate="serving"} 5',
    'soci_guard_controller_certificate_authorities 2',
    'soci_guard_controller_certificates_last_look_timestamp_seconds 1',
    ...none,
  ])
  recorder.looked(NOTHING, 2000)
  t.strictSame(await samples(registry), [
    'soci_guard_controller_certificate_authorities 0',
    'soci_guard_controller_certificates_last_look_timestamp_seconds 2',
    ...none,
  ])
})

t.test('docs/metrics.md has a row for each', async t => {
  const registry = new Registry()
  createCertificateMetrics(registry)
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  const text = await registry.metrics()
  const registered = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)]
  t.equal(registered.length, 4)
  for (const [, name, help, type] of registered) {
    const labels = (registry.getSingleMetric(name ?? '') as unknown as { labelNames: string[] }).labelNames
    const shown = labels.map(label => `\`${label}\``).join(', ') || '–'
    t.ok(page.includes(`| \`${name}\` | ${type} | ${shown} | ${help} |`), String(name))
  }
})
