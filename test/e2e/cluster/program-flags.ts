import { type ClusterFiles, SERVER } from './cluster-files.ts'
import { ADDRESSES } from './network-namespace.ts'

/** etcd's address for its clients, and its HTTP gateway. */
export const ETCD = 'http://127.0.0.1:2379'

const ETCD_PEER = 'http://127.0.0.1:2380'

/** One member on loopback that never waits for the disk; room for 15,000 nodes of realistic size and their history. */
export function etcdFlags(files: ClusterFiles): string[] {
  return [
    '--name=e2e',
    `--data-dir=${files.path('etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--quota-backend-bytes=6442450944',
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    `--listen-peer-urls=${ETCD_PEER}`,
    `--initial-advertise-peer-urls=${ETCD_PEER}`,
    `--initial-cluster=e2e=${ETCD_PEER}`,
  ]
}

/** Aggregator routing makes the API server call webhooks' Services at their pods' addresses: no kube-proxy is needed. */
export function apiServerFlags(files: ClusterFiles, extra: readonly string[]): string[] {
  return [
    `--etcd-servers=${ETCD}`,
    '--bind-address=0.0.0.0',
    '--secure-port=443',
    `--advertise-address=${ADDRESSES.podGateway}`,
    '--endpoint-reconciler-type=none',
    '--enable-aggregator-routing=true',
    `--service-cluster-ip-range=${ADDRESSES.serviceRange}`,
    `--client-ca-file=${files.path('ca.crt')}`,
    `--tls-cert-file=${files.path('apiserver.crt')}`,
    `--tls-private-key-file=${files.path('apiserver.key')}`,
    `--service-account-issuer=${SERVER}`,
    `--service-account-key-file=${files.path('service-account.pub')}`,
    `--service-account-signing-key-file=${files.path('service-account.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    // It taints every new node as not ready, until the controller that is not here takes that away.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--allow-privileged=true',
    `--audit-policy-file=${files.path('audit-policy.json')}`,
    `--audit-log-path=${files.auditLog}`,
    ...extra,
  ]
}

/** The scheduler as it comes, alone. */
export function schedulerFlags(files: ClusterFiles): string[] {
  return [`--config=${files.path('scheduler.json')}`, '--bind-address=127.0.0.1']
}

/**
 * Without the node-lifecycle controller nodes stay Ready though nobody sends heartbeats. The ttl-controller writes an annotation on
 * every node each time the cluster passes 100, 500, 1,000 or 2,000 nodes: it would be most of what a bench measures.
 */
export function controllerManagerFlags(files: ClusterFiles): string[] {
  return [
    `--kubeconfig=${files.path('kube-controller-manager.kubeconfig')}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    '--controllers=*,-node-lifecycle-controller,-node-ipam-controller,-ttl-controller',
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
    `--service-account-private-key-file=${files.path('service-account.key')}`,
    `--root-ca-file=${files.path('ca.crt')}`,
  ]
}
