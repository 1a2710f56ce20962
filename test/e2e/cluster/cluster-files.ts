import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { adminIdentity, type Identity, userIdentity } from './identity.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { ADDRESSES } from './network-namespace.ts'
import { createAuthority, issueCertificate, type KeyPair, rsaKeys } from './pki.ts'

/** The files one control plane is started with, all in one folder, and the secrets behind them. */
export interface ClusterFiles {
  folder: string
  logFolder: string
  auditLog: string
  authority: KeyPair
  admin: Identity
  path(name: string): string
}

/** Where every part of the cluster finds the API server: the address and port that pods use. */
export const SERVER = `https://${ADDRESSES.apiService}:443`

/** Metadata of every request: webhooks' auditAnnotations stand in it. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'None', nonResourceURLs: ['/readyz*', '/livez*', '/healthz*'] }, { level: 'Metadata' }],
}

/** Far above the defaults (50/s): the scheduler must not be what a bench measures. */
const CLIENT_LIMITS = { qps: 5_000, burst: 10_000 }

/** Writes certificates, keys, kubeconfigs, the audit policy and the scheduler's configuration into a folder. */
export function writeClusterFiles(folder: string): ClusterFiles {
  const path = (name: string) => join(folder, name)
  const logFolder = path('logs')
  mkdirSync(logFolder, { recursive: true })
  const authority = createAuthority('e2e-ca')
  const write = (name: string, text: string) => writeFileSync(path(name), text, { mode: 0o600 })
  const serving = issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'],
    ipAddresses: [ADDRESSES.apiService, ADDRESSES.podGateway, '127.0.0.1'],
  })
  write('ca.crt', authority.certificatePem)
  write('apiserver.crt', serving.certificatePem)
  write('apiserver.key', serving.privateKeyPem)
  const tokens = rsaKeys()
  write('service-account.pub', tokens.publicKey)
  write('service-account.key', tokens.privateKey)
  const admin = adminIdentity(authority)
  const identities = {
    admin,
    'kube-scheduler': userIdentity(authority, 'system:kube-scheduler'),
    'kube-controller-manager': userIdentity(authority, 'system:kube-controller-manager'),
  }
  for (const [name, identity] of Object.entries(identities))
    write(`${name}.kubeconfig`, kubeconfigText(SERVER, authority.certificatePem, identity))
  write('audit-policy.json', JSON.stringify(AUDIT_POLICY))
  write('scheduler.json', JSON.stringify(schedulerConfiguration(path('kube-scheduler.kubeconfig'))))
  return { folder, logFolder, auditLog: join(logFolder, 'audit.log'), authority, admin, path }
}

function schedulerConfiguration(kubeconfig: string) {
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig, ...CLIENT_LIMITS },
    leaderElection: { leaderElect: false },
  }
}
