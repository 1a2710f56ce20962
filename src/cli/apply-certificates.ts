// Server-side apply of our own, because kubectl's is no good here: when an object was applied client-side before, kubectl moves
// all its fields to the new manager, and applying a part of it again then takes the rest away.

import { isJsonObject, ownMember, ownMemberAt } from '../admission/own-member.ts'
import { GuardError, isGuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { CERTIFICATE_FILES } from '../tls/certificate-files.ts'
import { parseCertificates } from '../tls/check-certificate.ts'
import type { IssuedCertificates } from '../tls/issue-certificates.ts'
import { CERTIFICATE_SECRET, certificateSecret, WEBHOOK_CONFIGURATION, webhookAuthorities } from './webhook-objects.ts'

const FIELD_MANAGER = 'soci-guard-certs'
const CONFIGURATION_PATH = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${WEBHOOK_CONFIGURATION}`
const CERT_MANAGER_ANNOTATION = 'cert-manager.io/certificate-name'

/**
 * Puts the authority into the webhook configuration and then the certificate into its Secret. The authority of the Secret's
 * certificate so far stays trusted, because replicas serve that one until the kubelet has brought them the new one.
 */
export const applyCertificates = async (
  connection: ApiConnection,
  namespace: string,
  issued: IssuedCertificates,
): Promise<void> => {
  const secretPath = `/api/v1/namespaces/${namespace}/secrets/${CERTIFICATE_SECRET}`
  const [configuration, secret] = await Promise.all([
    find(connection, CONFIGURATION_PATH),
    find(connection, secretPath),
  ])
  if (configuration === null) throw usage(NOT_INSTALLED)
  if (isKeptByCertManager(secret))
    throw usage(`cert-manager keeps the Secret ${namespace}/${CERTIFICATE_SECRET} up to date`)
  const authorities = [issued.authorityPem, ...authoritiesOf(secret)]
  await apply(connection, CONFIGURATION_PATH, webhookAuthorities(authorities))
  await apply(connection, secretPath, certificateSecret(namespace, issued))
}

const NOT_INSTALLED = `the cluster has no ValidatingWebhookConfiguration ${WEBHOOK_CONFIGURATION}; apply the manifests first: kubectl apply -k manifests/overlays/audit`

const find = async (connection: ApiConnection, path: string): Promise<unknown> => {
  try {
    return await connection.readJson(path)
  } catch (error) {
    if (isGuardError(error) && error.code === 'SOCI_GUARD_API_NOT_FOUND') return null
    throw error
  }
}

const isKeptByCertManager = (secret: unknown): boolean => {
  const annotations = ownMemberAt(secret, ['metadata', 'annotations'])
  return isJsonObject(annotations) && Object.hasOwn(annotations, CERT_MANAGER_ANNOTATION)
}

// One that cannot be read was trusted by nobody.
const authoritiesOf = (secret: unknown): string[] => {
  const encoded = ownMember(ownMember(secret, 'data'), CERTIFICATE_FILES.authority)
  if (typeof encoded !== 'string') return []
  try {
    const pem = Buffer.from(encoded, 'base64').toString('utf8')
    return parseCertificates(CERTIFICATE_FILES.authority, pem).map(certificate => certificate.toString())
  } catch (error) {
    if (isGuardError(error)) return []
    throw error
  }
}

const apply = (connection: ApiConnection, path: string, object: object): Promise<unknown> =>
  connection.readJson(`${path}?fieldManager=${FIELD_MANAGER}&force=true`, {
    method: 'PATCH',
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(object),
  })

const usage = (message: string): GuardError => new GuardError('SOCI_GUARD_USAGE', message)
