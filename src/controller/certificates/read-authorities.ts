import { createPrivateKey, X509Certificate } from 'node:crypto'
import { renewalOf } from '../../tls/issuance.ts'
import type { AuthorityFacts } from './certificate-facts.ts'

/** A certificate that is trusted somewhere: an authority's as a rule, but API servers take any, and trust what it has signed. */
export interface ReadAuthority {
  readonly facts: AuthorityFacts
  readonly certificate: X509Certificate
  /** Ends with a line feed, so that texts can be put one behind the other. */
  readonly pem: string
}

/** The certificates in a PEM text, each once, in its order; `clean` when there is nothing else in it. */
export interface ReadAuthorities {
  readonly authorities: readonly ReadAuthority[]
  readonly clean: boolean
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** Reads what can be read. API servers refuse a whole caBundle for one block that they cannot parse. */
export const readAuthorities = (text: string): ReadAuthorities => {
  const blocks = text.match(BLOCK) ?? []
  const found = new Map<string, ReadAuthority>()
  for (const block of blocks) {
    const authority = parseAuthority(block)
    if (authority !== null) found.set(authority.facts.id, authority)
  }
  const isNothingElse = text.replaceAll(BLOCK, '').trim() === ''
  return { authorities: [...found.values()], clean: isNothingElse && found.size === blocks.length }
}

const parseAuthority = (block: string): ReadAuthority | null => {
  const certificate = parseCertificate(block)
  if (certificate === null) return null
  return { facts: { id: certificate.fingerprint256, ...validityOf(certificate) }, certificate, pem: `${block}\n` }
}

/** The certificate in a PEM block or in DER; null for what is none. */
export const parseCertificate = (encoded: string | Buffer): X509Certificate | null => {
  try {
    return new X509Certificate(encoded)
  } catch {
    // Damaged is as good as absent: what is made of it is a new one.
    return null
  }
}

/** When a certificate is valid and when it is to be renewed. */
export const validityOf = (certificate: X509Certificate) => {
  const notBeforeMs = certificate.validFromDate.getTime()
  const notAfterMs = certificate.validToDate.getTime()
  return { notBeforeMs, notAfterMs, renewAtMs: renewalOf({ notBeforeMs, notAfterMs }) }
}

/** True when the PEM text is the RSA key of an authority; with no other can node-forge sign. */
export const isSigningKeyOf = (certificate: X509Certificate, privateKeyPem: string): boolean => {
  try {
    const key = createPrivateKey(privateKeyPem)
    return certificate.ca && key.asymmetricKeyType === 'rsa' && certificate.checkPrivateKey(key)
  } catch {
    return false
  }
}

/** The ids of the authorities by which a certificate is trusted: those that have signed it, and itself. */
export const signersOf = (certificate: X509Certificate, authorities: readonly ReadAuthority[]): string[] =>
  authorities.filter(authority => isTrustedBy(certificate, authority)).map(({ facts }) => facts.id)

const isTrustedBy = (certificate: X509Certificate, authority: ReadAuthority): boolean =>
  certificate.fingerprint256 === authority.facts.id ||
  (certificate.checkIssued(authority.certificate) && certificate.verify(authority.certificate.publicKey))
