import type { Settings } from '../config/settings.ts'
import { GuardError } from '../errors.ts'
import { writeDevelopmentCertificates } from '../tls/development-certificates.ts'
import { certsForService } from './certs-for-service.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'

/** `soci-guard certs`: writes a development authority and a serving certificate, or makes those of a webhook in a cluster. */
export const certs = async (settings: Settings<'certs'>, io: Io): Promise<ExitCode> => {
  const { certDir: directory, dnsNames, ipAddresses, validityDays, force, service } = settings
  refuseMixture(settings)
  if (service !== undefined) return certsForService(settings, service, io)
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

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

const refuseMixture = ({ service, namespace, apply, kubeconfig, context, force }: Settings<'certs'>): void => {
  const wrongs: readonly [boolean, string][] = [
    [service === undefined && namespace !== undefined, '--namespace: needs --service, the Service of the webhook'],
    [service === undefined && apply, '--apply: needs --service, the Service of the webhook'],
    [!apply && (kubeconfig ?? context) !== undefined, '--kubeconfig and --context: need --apply'],
    [service !== undefined && force, '--force: is about files, and with --service none are written'],
    ...nameProblems({ service, namespace }),
  ]
  const wrong = wrongs.find(([isWrong]) => isWrong)
  if (wrong !== undefined) throw new GuardError('SOCI_GUARD_USAGE', wrong[1])
}

const nameProblems = (names: Readonly<Record<string, string | undefined>>): [boolean, string][] =>
  Object.entries(names).map(([flag, name]) => [
    name !== undefined && !DNS_LABEL.test(name),
    `--${flag} ${name}: expected lower-case letters, digits and -, at most 63`,
  ])
