import { readCertificateFile } from './certificate-files.ts'
import { parseCertificates } from './check-certificate.ts'

/** The PEM text of the authorities that may have signed client certificates; a GuardError when the file holds none. */
export const readClientAuthorities = async (path: string): Promise<string> => {
  const pem = await readCertificateFile(path)
  parseCertificates(path, pem)
  return pem
}
