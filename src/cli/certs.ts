import type { Settings } from '../config/settings.ts'
import { writeDevelopmentCertificates } from '../tls/development-certificates.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'

/** `soci-guard certs`: writes a development authority and a serving certificate signed by it. */
export const certs = async (settings: Settings<'certs'>, io: Io): Promise<ExitCode> => {
  const { certDir: directory, dnsNames, ipAddresses, validityDays, force } = settings
  const nowMs = io.nowMs()
  const written = await writeDevelopmentCertificates({ directory, dnsNames, ipAddresses, validityDays, nowMs, force })
  for (const file of written.files) io.stdout.write(`wrote ${file}\n`)
  const names = [...written.dnsNames, ...written.ipAddresses].join(', ')
  const until = new Date(written.notAfterMs).toISOString().slice(0, 10)
  io.stdout.write(
    `The certificate is good for ${names} until ${until}. It is for development: its authority's key is beside it.\n`,
  )
  return 0
}
