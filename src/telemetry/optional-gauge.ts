import { Gauge, type Registry } from 'prom-client'

/** Registers a gauge that is read at each scrape and shows no sample where there is nothing to tell: 0 would be read as a value. */
export const registerGauge = (registry: Registry, name: string, help: string, read: () => number | null): void => {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read()
      if (value === null) this.remove()
      else this.set(value)
    },
  })
}

/** Milliseconds as metrics have them. */
export const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000)
