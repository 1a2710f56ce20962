// Serving certificates from a directory, watched by reading the files again: kubelet swaps a Secret's files by renaming a
// symlink two levels up, which file system events on the files themselves do not show.
import { lookRegularly } from '../look-regularly.ts'
import { type CertificateFileTexts, readCertificateFiles } from './certificate-files.ts'
import { type CertificatePair, checkCertificate } from './check-certificate.ts'

/** What a certificate source needs, and whom it tells; the watch ends with the signal. */
export interface CertificateSourceOptions {
  readonly directory: string
  readonly pollMs: number
  /** Called with each new pair after the first, and again with the served one when a failure is over. */
  readonly onChange: (pair: CertificatePair) => void
  /** Called once for each failure, not once for each look at it; the pair served before stays. */
  readonly onError: (error: unknown) => void
  readonly signal: AbortSignal
  readonly nowMs?: () => number
}

/** Where serving certificates come from. */
export interface CertificateSource {
  /** The first pair, or a GuardError; from then on the directory is watched. */
  load(): Promise<CertificatePair>
}

/** A source of the pair in `directory` that swaps good pairs in and keeps the last good one in the face of a bad one. */
export const createCertificateSource = (options: CertificateSourceOptions): CertificateSource => {
  const { directory, pollMs, onChange, onError, signal, nowMs = Date.now } = options
  let served: CertificatePair | undefined

  const look = async (failedBefore: boolean): Promise<void> => {
    const texts = await readCertificateFiles(directory)
    if (signal.aborted || (served !== undefined && !failedBefore && isSame(texts, served))) return
    // The served pair is good by definition, also when it has expired meanwhile: nothing better is there.
    served = served !== undefined && isSame(texts, served) ? served : checkCertificate(directory, texts, nowMs())
    onChange(served)
  }

  return {
    load: async () => {
      served = checkCertificate(directory, await readCertificateFiles(directory), nowMs())
      void lookRegularly({ pollMs, look, onError, signal })
      return served
    },
  }
}

const isSame = (one: CertificateFileTexts, other: CertificateFileTexts): boolean =>
  one.certificatePem === other.certificatePem && one.privateKeyPem === other.privateKeyPem
