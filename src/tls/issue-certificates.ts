import { randomBytes } from 'node:crypto'
import {
  type Issuance,
  issueAuthorityCertificate,
  issueServingCertificate,
  positiveSerial,
  type SubjectNames,
} from './authority.ts'
import { generateKeyPair } from './keys.ts'

/** For which names to issue a serving certificate, and for how long. */
export interface CertificateOptions extends SubjectNames {
  readonly nowMs: number
  readonly validityDays: number
}

/** A new authority and a serving certificate signed by it, as PEM texts, and when the latter expires. */
export interface IssuedCertificates {
  readonly authorityPem: string
  readonly authorityKeyPem: string
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly notAfterMs: number
}

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
// Machines that check the certificate may run a little behind the one that made it.
const CLOCK_SKEW_MS = 3_600_000

/** Issues a serving certificate from an authority of its own that lasts ten years; RSA keys of 2048 bits, random serials. */
export const issueCertificates = async (options: CertificateOptions): Promise<IssuedCertificates> => {
  const { dnsNames, ipAddresses, nowMs, validityDays } = options
  const [authorityKeys, keys] = await Promise.all([generateKeyPair('rsa-2048'), generateKeyPair('rsa-2048')])
  const authorityPem = issueAuthorityCertificate(authorityKeys, issuance(nowMs, AUTHORITY_DAYS))
  const authority = { certificatePem: authorityPem, keys: authorityKeys }
  const serving = issuance(nowMs, validityDays)
  return {
    authorityPem,
    authorityKeyPem: authorityKeys.privateKeyPem,
    certificatePem: issueServingCertificate(authority, keys, { dnsNames, ipAddresses }, serving),
    privateKeyPem: keys.privateKeyPem,
    notAfterMs: serving.notAfter.getTime(),
  }
}

// X.509 dates have whole seconds.
const issuance = (nowMs: number, days: number): Issuance => {
  const startMs = Math.floor(nowMs / 1000) * 1000
  return {
    serial: positiveSerial(randomBytes(16)),
    notBefore: new Date(startMs - CLOCK_SKEW_MS),
    notAfter: new Date(startMs + days * DAY_MS),
  }
}
