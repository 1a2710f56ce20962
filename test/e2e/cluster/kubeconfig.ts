import type { Identity } from './identity.ts'

/** The text of a kubeconfig with one cluster, one user and one context, everything inline; JSON is YAML too. */
export function kubeconfigText(server: string, authorityPem: string, identity: Identity): string {
  const user =
    'token' in identity
      ? { token: identity.token }
      : {
          'client-certificate-data': base64(identity.certificate.certificatePem),
          'client-key-data': base64(identity.certificate.privateKeyPem),
        }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': base64(authorityPem) } }],
    users: [{ name: 'e2e', user }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    'current-context': 'e2e',
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
