// Certificates for real TLS sockets in tests: a throwaway CA, and leaves signed by it.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** A CA that signs server and client certificates for tests. */
export interface TestAuthority {
  readonly caPem: string
  /** A server certificate for localhost; the common name tells one from another. */
  server(commonName?: string): TestCertificate
  client(commonName: string, dnsNames?: readonly string[]): TestCertificate
}

interface KeyPair {
  readonly publicKeyPem: string
  readonly privateKeyPem: string
}

const createKeyPair = (): KeyPair => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { publicKeyPem: publicKey, privateKeyPem: privateKey }
}

const HOUR_MS = 3_600_000

const sign = (
  subject: KeyPair,
  commonName: string,
  issuer: { pair: KeyPair; name: string },
  extensions: object[],
): string => {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(subject.publicKeyPem)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - HOUR_MS)
  certificate.validity.notAfter = new Date(Date.now() + 24 * HOUR_MS)
  certificate.setSubject([{ name: 'commonName', value: commonName }])
  certificate.setIssuer([{ name: 'commonName', value: issuer.name }])
  certificate.setExtensions(extensions)
  certificate.sign(forge.pki.privateKeyFromPem(issuer.pair.privateKeyPem), forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}

/** Makes a CA; making its key takes about a tenth of a second. */
export const createTestAuthority = (name = 'soci-guard test CA'): TestAuthority => {
  const pair = createKeyPair()
  const issuer = { pair, name }
  const caPem = sign(pair, name, issuer, [{ name: 'basicConstraints', cA: true, critical: true }])
  // One key for all leaves of a CA saves most of the time.
  const leafPair = createKeyPair()
  const leaf = (commonName: string, usage: object, altNames: object[]): TestCertificate => ({
    certificatePem: sign(leafPair, commonName, issuer, [
      { name: 'extKeyUsage', ...usage },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }]),
    ]),
    privateKeyPem: leafPair.privateKeyPem,
  })
  return {
    caPem,
    server: (commonName = 'localhost') =>
      leaf(commonName, { serverAuth: true }, [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ]),
    client: (commonName, dnsNames = []) =>
      leaf(
        commonName,
        { clientAuth: true },
        dnsNames.map(value => ({ type: 2, value })),
      ),
  }
}
