import { isGuardError } from '../../errors.ts'
import { CERTIFICATE_FILES } from '../../tls/certificate-files.ts'
import { checkCertificate } from '../../tls/check-certificate.ts'
import type { CertificateFacts, LeafFacts } from './certificate-facts.ts'
import { bundleText, type KeptObjects, secretText, webhooksOf } from './kept-objects.ts'
import {
  isSigningKeyOf,
  parseCertificate,
  type ReadAuthority,
  readAuthorities,
  signersOf,
  validityOf,
} from './read-authorities.ts'

/** What three objects say, and the authorities that were found in any of them. */
export interface ReadCertificates {
  readonly facts: Pick<CertificateFacts, 'authorities' | 'signs' | 'leaf' | 'besideLeaf' | 'bundles'>
  readonly known: ReadonlyMap<string, ReadAuthority>
  /** The newest authority's key; '' when there is none that can sign. */
  readonly signingKeyPem: string
}

/** Reads every certificate and key; what cannot be read is absent from the facts. */
export const readFacts = (objects: KeptObjects, dnsNames: readonly string[]): ReadCertificates => {
  const own = readAuthorities(secretText(objects.authority, CERTIFICATE_FILES.authority)).authorities
  const beside = readAuthorities(secretText(objects.serving, CERTIFICATE_FILES.authority)).authorities
  const bundles = webhooksOf(objects.webhooks).map(webhook => readAuthorities(bundleText(webhook)))
  const found = [...own, ...beside, ...bundles.flatMap(({ authorities }) => authorities)]
  const known = new Map(found.map(authority => [authority.facts.id, authority]))
  const keyPem = secretText(objects.authority, CERTIFICATE_FILES.authorityKey)
  const signs = own[0] !== undefined && isSigningKeyOf(own[0].certificate, keyPem)
  return {
    facts: {
      authorities: factsOf(own),
      signs,
      leaf: readLeaf(objects, [...known.values()], beside, dnsNames),
      besideLeaf: factsOf(beside),
      bundles: bundles.map(({ authorities, clean }) => ({ authorities: factsOf(authorities), clean })),
    },
    known,
    signingKeyPem: signs ? keyPem : '',
  }
}

const factsOf = (authorities: readonly ReadAuthority[]) => authorities.map(({ facts }) => facts)

const readLeaf = (
  { serving }: KeptObjects,
  known: readonly ReadAuthority[],
  beside: readonly ReadAuthority[],
  dnsNames: readonly string[],
): LeafFacts | null => {
  const certificatePem = secretText(serving, CERTIFICATE_FILES.certificate)
  const certificate = parseCertificate(certificatePem)
  if (certificate === null) return null
  const privateKeyPem = secretText(serving, CERTIFICATE_FILES.privateKey)
  const names = new Set((certificate.subjectAltName ?? '').split(', '))
  const sound =
    canBeServed({ certificatePem, privateKeyPem }) &&
    dnsNames.every(name => names.has(`DNS:${name}`)) &&
    // Whoever reads ca.crt of the Secret, as "soci-guard certs" does, finds there who signed it.
    signersOf(certificate, beside).length > 0
  return { id: certificate.fingerprint256, signers: signersOf(certificate, known), ...validityOf(certificate), sound }
}

// Whether it has expired is the plan's to say.
const canBeServed = (texts: { certificatePem: string; privateKeyPem: string }): boolean => {
  try {
    return checkCertificate('', texts, Number.NEGATIVE_INFINITY).notAfterMs > 0
  } catch (error) {
    if (isGuardError(error)) return false
    throw error
  }
}
