import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  certificatePem: string
  privateKeyPem: string
}

/** Who a certificate is for: a user with groups, or a server with names. */
export interface CertificateSubject {
  commonName: string
  /** Kubernetes reads a client certificate's organizations as groups. */
  organizations?: readonly string[]
  dnsNames?: readonly string[]
  ipAddresses?: readonly string[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DNS_NAME = 2
const IP_ADDRESS = 7

/** Makes a certificate authority for one run of the tests; RSA because node-forge knows no elliptic curves. */
export function createAuthority(commonName: string): KeyPair {
  const { publicKey, privateKey } = rsaKeys()
  const certificate = blankCertificate({ commonName }, publicKey)
  certificate.setIssuer(certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return { certificatePem: forge.pki.certificateToPem(certificate), privateKeyPem: privateKey }
}

/** Issues a certificate that is good for client and server authentication, valid for a day. */
export function issueCertificate(authority: KeyPair, subject: CertificateSubject): KeyPair {
  const { publicKey, privateKey } = rsaKeys()
  const certificate = blankCertificate(subject, publicKey)
  certificate.setIssuer(forge.pki.certificateFromPem(authority.certificatePem).subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    ...alternativeNames(subject),
  ])
  certificate.sign(forge.pki.privateKeyFromPem(authority.privateKeyPem), forge.md.sha256.create())
  return { certificatePem: forge.pki.certificateToPem(certificate), privateKeyPem: privateKey }
}

/** A fresh RSA key pair in PEM; the API server signs ServiceAccount tokens with one. */
export function rsaKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
}

function blankCertificate({ commonName, organizations = [] }: CertificateSubject, publicKeyPem: string) {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - HOUR_MS)
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS)
  certificate.setSubject([
    ...organizations.map(value => ({ name: 'organizationName', value })),
    { name: 'commonName', value: commonName },
  ])
  return certificate
}

function alternativeNames({ dnsNames = [], ipAddresses = [] }: CertificateSubject) {
  const altNames = [
    ...dnsNames.map(value => ({ type: DNS_NAME, value })),
    ...ipAddresses.map(ip => ({ type: IP_ADDRESS, ip })),
  ]
  return altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }]
}
