import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import { type IssuedCertificates, issueCertificates } from '../tls/issue-certificates.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import {
  CERTIFICATE_SECRET,
  certificateSecret,
  GUARD_NAMESPACE,
  serviceDnsNames,
  WEBHOOK_CONFIGURATION,
  webhookAuthorities,
} from './webhook-objects.ts'

/**
 * `soci-guard certs --service NAME`: a certificate for the webhook behind that Service, applied to the cluster or printed as
 * its Secret and the caBundle of the webhooks. Nothing is written to this machine, and the authority's key is forgotten.
 */
export const certsForService = async (settings: Settings<'certs'>, service: string, io: Io): Promise<ExitCode> => {
  const namespace = settings.namespace ?? GUARD_NAMESPACE
  const dnsNames = [...new Set([...serviceDnsNames(namespace, service), ...settings.dnsNames])]
  const { ipAddresses, validityDays } = settings
  const issued = await issueCertificates({ dnsNames, ipAddresses, validityDays, nowMs: io.nowMs() })
  if (!settings.apply) {
    io.stdout.write(
      print(settings.output, [webhookAuthorities([issued.authorityPem]), certificateSecret(namespace, issued)]),
    )
    return 0
  }
  const [{ withConnection }, { applyCertificates }] = await Promise.all([
    import('./cluster-connection.ts'),
    import('./apply-certificates.ts'),
  ])
  await withConnection(settings, io, connection => applyCertificates(connection, namespace, issued))
  io.stdout.write(applied(namespace, [...dnsNames, ...ipAddresses], issued))
  return 0
}

// apply-certificates.ts says why kubectl may do this only where it applied the manifests server-side.
const HOW_TO_APPLY = `# Manifests that were applied with kubectl apply --server-side take this with
#   kubectl apply --server-side --field-manager=soci-guard-certs --force-conflicts -f -
# and all others with soci-guard certs --apply.
`

const print = (format: string, items: readonly object[]): string => {
  if (format === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`
  return `${HOW_TO_APPLY}${items.map(item => stringify(item, { lineWidth: 0 })).join('---\n')}`
}

const applied = (namespace: string, names: readonly string[], { notAfterMs }: IssuedCertificates): string =>
  `applied ValidatingWebhookConfiguration ${WEBHOOK_CONFIGURATION}: caBundle
applied Secret ${namespace}/${CERTIFICATE_SECRET}
The certificate is good for ${names.join(', ')} until ${new Date(notAfterMs).toISOString().slice(0, 10)}.
Running replicas take it when the kubelet has brought it to them, within about two minutes; until then the old one counts too.
`
