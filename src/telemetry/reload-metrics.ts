import { Counter, type Registry } from 'prom-client'
import { registerGauge, seconds } from './optional-gauge.ts'

/** Registers what is told of loading the configuration; the result counts each attempt. */
export const registerReloads = (registry: Registry): ((result: 'success' | 'failure', nowMs: number) => void) => {
  const reloads = new Counter({
    name: 'soci_guard_configuration_reloads_total',
    help: 'Attempts to load the configuration, by result; a failure keeps the last good one.',
    labelNames: ['result'],
    registers: [registry],
  })
  reloads.inc({ result: 'success' }, 0)
  reloads.inc({ result: 'failure' }, 0)
  let lastSuccessMs: number | null = null
  registerGauge(
    registry,
    'soci_guard_configuration_last_success_timestamp_seconds',
    'When the configuration was last loaded, Unix time.',
    () => seconds(lastSuccessMs),
  )
  return (result, nowMs) => {
    reloads.inc({ result })
    if (result === 'success') lastSuccessMs = nowMs
  }
}
