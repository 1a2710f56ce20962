// A new authority and a new serving certificate, each by itself, for who keeps the key of the authority.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { issueAuthorityCertificate, issueServingCertificate, type SubjectNames } from './authority.ts'
import { issuanceAt } from './issuance.ts'
import { generateKeyPair } from './keys.ts'

/** A certificate and its private key, PEM. */
export interface CertificateWithKey {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** When a certificate is made and when it ends. */
export interface Lifetime {
  readonly nowMs: number
  readonly notAfterMs: number
}

/** A new authority with an RSA key of 2048 bits. */
export const issueAuthority = async ({ nowMs, notAfterMs }: Lifetime): Promise<CertificateWithKey> => {
  const keys = await generateKeyPair('rsa-2048')
  const certificatePem = issueAuthorityCertificate(keys, issuanceAt(nowMs, notAfterMs))
  return { certificatePem, privateKeyPem: keys.privateKeyPem }
}

/** A new serving certificate with a key of its own, signed by the authority, whose key must be an RSA key. */
export const issueServing = async (
  authority: CertificateWithKey,
  names: SubjectNames,
  { nowMs, notAfterMs }: Lifetime,
): Promise<CertificateWithKey> => {
  const keys = await generateKeyPair('rsa-2048')
  const signing = { certificatePem: authority.certificatePem, keys: withPublicKey(authority.privateKeyPem) }
  const certificatePem = issueServingCertificate(signing, keys, names, issuanceAt(nowMs, notAfterMs))
  return { certificatePem, privateKeyPem: keys.privateKeyPem }
}

// node-forge reads the key of PKCS #1 and of PKCS #8 alike; the public one is made here so that nobody has to keep it.
const withPublicKey = (privateKeyPem: string) => {
  const key = createPrivateKey(privateKeyPem)
  const publicKeyPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  return { privateKeyPem, publicKeyPem }
}
