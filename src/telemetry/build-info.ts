import { Gauge, type Registry } from 'prom-client'

/** Registers the metric that says what runs. */
export const registerBuildInfo = (registry: Registry, version: string): void => {
  const info = new Gauge({
    name: 'soci_guard_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  })
  info.set({ version, node_version: process.versions.node }, 1)
}
