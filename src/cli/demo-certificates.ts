import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGuardError } from '../errors.ts'
import { CERTIFICATE_FILES, findCertificateFiles } from '../tls/certificate-files.ts'

/** Where the certificates of a demo are, and whether they were made for it. */
export interface DemoCertificates {
  readonly directory: string
  readonly made: boolean
}

const makeIn = async (directory: string, nowMs: number): Promise<DemoCertificates> => {
  // Loaded when it is needed, since most runs find what the first one made.
  const { writeDevelopmentCertificates } = await import('../tls/development-certificates.ts')
  await writeDevelopmentCertificates({ directory, nowMs, validityDays: 365, dnsNames: [], ipAddresses: [] })
  return { directory, made: true }
}

/** The certificates of the folder; makes them when none are there, in a temporary folder where this one cannot be written. */
export const demoCertificates = async (directory: string, nowMs: number): Promise<DemoCertificates> => {
  const found = await findCertificateFiles(directory)
  // Whatever is there is the user's, also when it is not complete: the server then says what is missing.
  if (found.length > 0) return { directory, made: false }
  try {
    return await makeIn(directory, nowMs)
  } catch (error) {
    if (!isGuardError(error)) throw error
    return makeIn(await mkdtemp(join(tmpdir(), 'soci-guard-demo-')), nowMs)
  }
}

/** The authority's certificate in the folder. */
export const authorityPath = (directory: string): string => join(directory, CERTIFICATE_FILES.authority)
