import { randomBytes } from 'node:crypto'
import { type Issuance, positiveSerial } from './authority.ts'

/** How far back a new certificate is valid: machines that check it may run a little behind the one that made it. */
export const CLOCK_SKEW_MS = 3_600_000

/** A random serial number, and validity from an hour before now until the given time, in the whole seconds that X.509 has. */
export const issuanceAt = (nowMs: number, notAfterMs: number): Issuance => ({
  serial: positiveSerial(randomBytes(16)),
  notBefore: new Date(wholeSeconds(nowMs) - CLOCK_SKEW_MS),
  notAfter: new Date(wholeSeconds(notAfterMs)),
})

/** When two thirds of the life of a certificate that `issuanceAt` dated are over. */
export const renewalOf = ({ notBeforeMs, notAfterMs }: { notBeforeMs: number; notAfterMs: number }): number => {
  const issuedMs = notBeforeMs + CLOCK_SKEW_MS
  return issuedMs + (2 * (notAfterMs - issuedMs)) / 3
}

const wholeSeconds = (timeMs: number): number => Math.floor(timeMs / 1000) * 1000
