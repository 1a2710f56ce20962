import { issueAuthorityCertificate, issueServingCertificate, type SubjectNames } from './authority.ts'
import { issuanceAt } from './issuance.ts'
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

/** Issues a serving certificate from an authority of its own that lasts ten years; RSA keys of 2048 bits, random serials. */
export const issueCertificates = async (options: CertificateOptions): Promise<IssuedCertificates> => {
  const { dnsNames, ipAddresses, nowMs, validityDays } = options
  const [authorityKeys, keys] = await Promise.all([generateKeyPair('rsa-2048'), generateKeyPair('rsa-2048')])
  const authorityPem = issueAuthorityCertificate(authorityKeys, issuanceAt(nowMs, nowMs + AUTHORITY_DAYS * DAY_MS))
  const authority = { certificatePem: authorityPem, keys: authorityKeys }
  const serving = issuanceAt(nowMs, nowMs + validityDays * DAY_MS)
  return {
    authorityPem,
    authorityKeyPem: authorityKeys.privateKeyPem,
    certificatePem: issueServingCertificate(authority, keys, { dnsNames, ipAddresses }, serving),
    privateKeyPem: keys.privateKeyPem,
    notAfterMs: serving.notAfter.getTime(),
  }
}
