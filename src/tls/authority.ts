// X.509 certificates for the webhook, pure over keys, names, dates and serial numbers: nothing here reads a clock or makes
// randomness. node-forge signs with RSA keys only, so the keys are RSA.
import forge from 'node-forge'
import type { KeyPair } from './keys.ts'

/** When a certificate is valid and its serial number: 16 bytes of randomness, as hex, from `positiveSerial`. */
export interface Issuance {
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A certificate authority: its certificate and its keys. */
export interface Authority {
  readonly certificatePem: string
  readonly keys: KeyPair
}

/** The names a serving certificate is good for; Go's TLS (the API server) reads only these, never the common name. */
export interface SubjectNames {
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
}

const AUTHORITY_SUBJECT = [
  { name: 'organizationName', value: 'soci-guard' },
  { name: 'commonName', value: 'soci-guard certificate authority' },
]
const SERVING_SUBJECT = [
  { name: 'organizationName', value: 'soci-guard' },
  { name: 'commonName', value: 'soci-guard' },
]
// GeneralName choices of RFC 5280, 4.2.1.6.
const DNS_NAME = 2
const IP_ADDRESS = 7

/** The bytes as a serial number whose first bit makes it positive and whose second keeps its length, as RFC 5280 wants it. */
export const positiveSerial = (bytes: Uint8Array): string => {
  const serial = Buffer.from(bytes)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial.toString('hex')
}

/** A self-signed certificate of an authority that may sign serving certificates and nothing below it. */
export const issueAuthorityCertificate = (keys: KeyPair, issuance: Issuance): string => {
  const certificate = draft(keys, issuance)
  certificate.setSubject(AUTHORITY_SUBJECT)
  certificate.setIssuer(AUTHORITY_SUBJECT)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ])
  return sign(certificate, keys)
}

/** A certificate for a TLS server with these names, signed by the authority. */
export const issueServingCertificate = (
  authority: Authority,
  keys: KeyPair,
  names: SubjectNames,
  issuance: Issuance,
): string => {
  const issuer = forge.pki.certificateFromPem(authority.certificatePem)
  const certificate = draft(keys, issuance)
  certificate.setSubject(SERVING_SUBJECT)
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
    { name: 'subjectAltName', altNames: alternativeNames(names) },
  ])
  return sign(certificate, authority.keys)
}

const draft = (keys: KeyPair, { serial, notBefore, notAfter }: Issuance): forge.pki.Certificate => {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKeyPem)
  certificate.serialNumber = serial
  certificate.validity.notBefore = notBefore
  certificate.validity.notAfter = notAfter
  return certificate
}

const sign = (certificate: forge.pki.Certificate, keys: KeyPair): string => {
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKeyPem), forge.md.sha256.create())
  // node-forge ends lines with CR LF; every other file here ends them with LF.
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n')
}

const alternativeNames = ({ dnsNames, ipAddresses }: SubjectNames): object[] => [
  ...dnsNames.map(value => ({ type: DNS_NAME, value })),
  ...ipAddresses.map(ip => ({ type: IP_ADDRESS, ip })),
]
