import type { Parsed } from '../errors.ts'

/** What a call without `?timeout=` gets, milliseconds: the default of timeoutSeconds in admissionregistration.k8s.io/v1. */
export const DEFAULT_TIMEOUT_MS = 10_000

/** The most that timeoutSeconds of a webhook may be, milliseconds; longer ones are cut to it. */
export const MAX_TIMEOUT_MS = 30_000

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Milliseconds of the API server's `?timeout=`, a Go duration such as 10s or 1m30s; null, absent, is the default. */
export const parseTimeout = (text: string | null): Parsed<number> => {
  if (text === null) return { ok: true, value: DEFAULT_TIMEOUT_MS }
  const ms = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text) ? sumMs(text) : Number.NaN
  if (ms > 0) return { ok: true, value: Math.min(ms, MAX_TIMEOUT_MS) }
  const message = `expected a Go duration of more than 0, such as 10s, found ${JSON.stringify(text.slice(0, 40))}`
  return { ok: false, problems: [{ path: 'timeout', message }] }
}

const sumMs = (text: string): number => {
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g))
    ms += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN)
  return ms
}
