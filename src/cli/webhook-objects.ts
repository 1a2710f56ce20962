// The objects of manifests/ that a certificate goes into; test/manifests.test.ts compares the names.

import { REVIEW_PATHS } from '../server/review-target.ts'
import { CERTIFICATE_FILES } from '../tls/certificate-files.ts'
import type { IssuedCertificates } from '../tls/issue-certificates.ts'

/** The namespace that the manifests install into. */
export const GUARD_NAMESPACE = 'soci-guard-system'

/** The Service that API servers call. */
export const GUARD_SERVICE = 'soci-guard'

/** The Secret that the controller keeps its authority in, key and all; nobody else may read it. */
export const AUTHORITY_SECRET = 'soci-guard-ca'

/** The Secret that the Deployment mounts. */
export const CERTIFICATE_SECRET = 'soci-guard-tls'

/** The ValidatingWebhookConfiguration. */
export const WEBHOOK_CONFIGURATION = 'soci-guard'

/** The names that API servers and people call a Service by; API servers use the third. */
export const serviceDnsNames = (namespace: string, service: string): string[] =>
  ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(suffix => `${service}${suffix}`)

/** The name of a webhook inside the configuration. */
export const webhookName = (webhook: string): string => `${webhook}.soci-guard.dev`

/** The Secret with the serving certificate, its key and the authority's certificate; the authority's key is in none. */
export const certificateSecret = (namespace: string, issued: IssuedCertificates) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: CERTIFICATE_SECRET, namespace, labels: { 'app.kubernetes.io/name': 'soci-guard' } },
  type: 'kubernetes.io/tls',
  data: {
    [CERTIFICATE_FILES.authority]: base64(issued.authorityPem),
    [CERTIFICATE_FILES.certificate]: base64(issued.certificatePem),
    [CERTIFICATE_FILES.privateKey]: base64(issued.privateKeyPem),
  },
})

/** What server-side apply must be told to give all webhooks these authorities and to leave everything else alone. */
export const webhookAuthorities = (pems: readonly string[]) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: WEBHOOK_CONFIGURATION },
  webhooks: Object.keys(REVIEW_PATHS).map(webhook => ({
    name: webhookName(webhook),
    clientConfig: { caBundle: base64(pems.join('')) },
  })),
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')
