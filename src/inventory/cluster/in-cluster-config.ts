import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Environment } from './kubeconfig-files.ts'

/** Where the kubelet mounts a pod's token and the API server's CA. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The configuration that a pod finds around it, or null outside of one; the token is read anew as the kubelet replaces it. */
export const inClusterConfig = (env: Environment, directory: string): KubeConfig | null => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port) return null
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [
      {
        name: 'in-cluster',
        caFile: join(directory, 'ca.crt'),
        server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
        skipTLSVerify: false,
      },
    ],
    users: [
      {
        name: 'service-account',
        authProvider: { name: 'tokenFile', config: { tokenFile: join(directory, 'token') } },
      },
    ],
    contexts: [{ name: 'in-cluster', cluster: 'in-cluster', user: 'service-account' }],
    currentContext: 'in-cluster',
  })
  return config
}
