import { issueCertificate, type KeyPair } from './pki.ts'

/** Who speaks to the API server: a client certificate, or a bearer token. */
export type Identity = { certificate: KeyPair } | { token: string }

/** A client certificate for a user with groups. */
export function userIdentity(authority: KeyPair, user: string, groups: readonly string[] = []): Identity {
  return { certificate: issueCertificate(authority, { commonName: user, organizations: groups }) }
}

/** The cluster's administrator: `system:masters`, so neither RBAC nor priority and fairness hold it back. */
export function adminIdentity(authority: KeyPair): Identity {
  return userIdentity(authority, 'e2e-admin', ['system:masters'])
}

/** The identity of a node's kubelet, as the Node authorizer and the NodeRestriction plugin know it. */
export function nodeIdentity(authority: KeyPair, nodeName: string): Identity {
  return userIdentity(authority, `system:node:${nodeName}`, ['system:nodes'])
}
