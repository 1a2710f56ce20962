import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { GuardError } from '../errors.ts'
import { isSystemError } from '../system-error.ts'
import type { SubjectNames } from './authority.ts'
import { CERTIFICATE_FILES, exists, findCertificateFiles } from './certificate-files.ts'
import { issueCertificates } from './issue-certificates.ts'

/** Where to write development certificates, for which names beyond localhost, and for how long. */
export interface DevelopmentCertificateOptions extends SubjectNames {
  readonly directory: string
  readonly nowMs: number
  readonly validityDays: number
  /** Replaces files that are there already; without it they are an error. */
  readonly force?: boolean
}

/** What was written: the files in the order of writing, the names of the certificate and when it expires. */
export interface DevelopmentCertificates extends SubjectNames {
  readonly files: readonly string[]
  readonly notAfterMs: number
}

const ALWAYS_DNS_NAMES = ['localhost']
const ALWAYS_IP_ADDRESSES = ['127.0.0.1', '::1']
const PUBLIC_MODE = 0o644
const KEY_MODE = 0o600

/**
 * Writes `ca.crt`, `ca.key`, `tls.key` and `tls.crt`, each of them whole or not at all and keys readable by their owner only.
 * A GuardError names the files that are there already, or the one that could not be written.
 */
export const writeDevelopmentCertificates = async (
  options: DevelopmentCertificateOptions,
): Promise<DevelopmentCertificates> => {
  const { directory, nowMs, validityDays, force = false } = options
  if (!force) await refuseToOverwrite(directory)
  const dnsNames = [...new Set([...ALWAYS_DNS_NAMES, ...options.dnsNames])]
  const ipAddresses = [...new Set([...ALWAYS_IP_ADDRESSES, ...options.ipAddresses])]
  const issued = await issueCertificates({ dnsNames, ipAddresses, nowMs, validityDays })
  const contents = [
    { name: CERTIFICATE_FILES.authority, text: issued.authorityPem, mode: PUBLIC_MODE },
    { name: CERTIFICATE_FILES.authorityKey, text: issued.authorityKeyPem, mode: KEY_MODE },
    { name: CERTIFICATE_FILES.privateKey, text: issued.privateKeyPem, mode: KEY_MODE },
    { name: CERTIFICATE_FILES.certificate, text: issued.certificatePem, mode: PUBLIC_MODE },
  ]
  const files: string[] = []
  for (const { name, text, mode } of contents) files.push(await writeWhole(directory, name, text, mode))
  return { files, dnsNames, ipAddresses, notAfterMs: issued.notAfterMs }
}

const refuseToOverwrite = async (directory: string): Promise<void> => {
  const present = await findCertificateFiles(directory)
  if (present.length === 0) return
  const verb = present.length === 1 ? 'is' : 'are'
  const message = `${present.join(', ')} ${verb} there already; use --force to replace, or another --cert-dir`
  throw new GuardError('SOCI_GUARD_USAGE', message)
}

const writeWhole = async (directory: string, name: string, text: string, mode: number): Promise<string> => {
  const path = join(directory, name)
  const temporary = join(directory, `.${name}.${randomBytes(6).toString('hex')}`)
  try {
    await makeDirectory(directory)
    await writeFile(temporary, text, { mode, flag: 'wx' })
    await rename(temporary, path)
    return path
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    if (!isSystemError(error)) throw error
    const message = `cannot write ${path}: ${getSystemErrorMessage(error.errno)}`
    throw new GuardError('SOCI_GUARD_USAGE', message, { cause: error })
  }
}

// Not mkdir's own recursion: where a folder cannot be made although its parent is there, as in /proc, that never ends.
const makeDirectory = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory)
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return
    const parent = dirname(directory)
    if (!isSystemError(error) || error.code !== 'ENOENT' || (await exists(parent))) throw error
    await makeDirectory(parent)
    await mkdir(directory)
  }
}
