import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { GuardError } from '../errors.ts'
import { CERTIFICATE_FILES, type CertificateFileTexts } from './certificate-files.ts'

/** A certificate chain and its private key, found to belong together, and when the leaf expires. */
export interface CertificatePair extends CertificateFileTexts {
  readonly notAfterMs: number
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/**
 * The pair, when a TLS server can serve it at `nowMs`; otherwise a GuardError whose sentence names the file in `directory`.
 * A certificate that is not valid yet passes: this machine's clock may be the one that is behind.
 */
export const checkCertificate = (directory: string, texts: CertificateFileTexts, nowMs: number): CertificatePair => {
  const certificatePath = join(directory, CERTIFICATE_FILES.certificate)
  const keyPath = join(directory, CERTIFICATE_FILES.privateKey)
  const chain = parseCertificates(certificatePath, texts.certificatePem)
  const key = parsePrivateKey(keyPath, texts.privateKeyPem)
  const leaf = findLeaf(chain, key, certificatePath, keyPath)
  const notAfterMs = leaf.validToDate.getTime()
  if (notAfterMs <= nowMs) {
    const expiry = new Date(notAfterMs).toISOString()
    throw invalid(
      `${certificatePath} expired at ${expiry}; replace it, or make a new one with "soci-guard certs --force"`,
    )
  }
  tryInTls(certificatePath, texts)
  return { ...texts, notAfterMs }
}

/** Every certificate in a PEM text, at least one; otherwise a GuardError that names the file. */
export const parseCertificates = (path: string, pem: string): [X509Certificate, ...X509Certificate[]] => {
  const [first, ...rest] = pem.match(PEM_CERTIFICATE) ?? []
  if (first === undefined) throw invalid(`${path}: expected a PEM certificate; found no "BEGIN CERTIFICATE" block`)
  return [parseCertificate(path, first, 1), ...rest.map((block, index) => parseCertificate(path, block, index + 2))]
}

const parseCertificate = (path: string, block: string, number: number): X509Certificate => {
  try {
    return new X509Certificate(block)
  } catch (error) {
    throw invalid(`${path}: certificate ${number} cannot be decoded; write the file again`, error)
  }
}

const parsePrivateKey = (path: string, pem: string): KeyObject => {
  if (/ENCRYPTED/.test(pem))
    throw invalid(`${path}: expected a private key without a passphrase; found an encrypted one`)
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw invalid(`${path}: expected a PEM private key; found something that cannot be decoded as one`, error)
  }
}

const findLeaf = (
  chain: [X509Certificate, ...X509Certificate[]],
  key: KeyObject,
  certificatePath: string,
  keyPath: string,
): X509Certificate => {
  const position = chain.findIndex(certificate => certificate.checkPrivateKey(key))
  if (position === -1)
    throw invalid(`${keyPath} is not the key of ${certificatePath}; write both files from the same pair`)
  if (position > 0) {
    const found = `the key belongs to certificate ${position + 1} of the file`
    throw invalid(`${certificatePath}: expected the serving certificate first; ${found}`)
  }
  return chain[0]
}

// OpenSSL refuses what parses well and still cannot be served, for example an RSA key that is too short.
const tryInTls = (path: string, texts: CertificateFileTexts): void => {
  try {
    createSecureContext({ cert: texts.certificatePem, key: texts.privateKeyPem })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalid(`${path}: TLS refuses the certificate (${reason}); replace it`, error)
  }
}

const invalid = (message: string, cause?: unknown): GuardError =>
  new GuardError('SOCI_GUARD_CERTIFICATE_INVALID', message, { cause })
