import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { GuardError } from '../errors.ts'
import { isSystemError } from '../system-error.ts'

/** The names of the files in a certificate directory; `tls.crt` and `tls.key` are those of a kubernetes.io/tls Secret. */
export const CERTIFICATE_FILES = {
  authority: 'ca.crt',
  authorityKey: 'ca.key',
  certificate: 'tls.crt',
  privateKey: 'tls.key',
} as const

/** What the two files of a serving certificate hold, unchecked. */
export interface CertificateFileTexts {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The text of `tls.crt` and `tls.key`; a GuardError that names the file when one cannot be read. */
export const readCertificateFiles = async (directory: string): Promise<CertificateFileTexts> => {
  const [certificatePem, privateKeyPem] = await Promise.all([
    readCertificateFile(join(directory, CERTIFICATE_FILES.certificate)),
    readCertificateFile(join(directory, CERTIFICATE_FILES.privateKey)),
  ])
  return { certificatePem, privateKeyPem }
}

/** The text of one PEM file; a GuardError that names the file and what to do when it cannot be read. */
export const readCertificateFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    const advice = error.code === 'ENOENT' ? '; mount the certificate there, or make one with "soci-guard certs"' : ''
    const message = `cannot read ${path}: ${getSystemErrorMessage(error.errno)}${advice}`
    throw new GuardError('SOCI_GUARD_FILE_UNREADABLE', message, { cause: error })
  }
}

/** The certificate and key files that the directory holds already, as paths. */
export const findCertificateFiles = async (directory: string): Promise<string[]> => {
  const paths = Object.values(CERTIFICATE_FILES).map(name => join(directory, name))
  const present = await Promise.all(paths.map(exists))
  return paths.filter((_, index) => present[index])
}

/** True when something is at the path and may be looked at. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
