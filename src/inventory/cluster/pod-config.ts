// What a pod finds around it, without client-node, whose libraries are a third of the memory of a process that needs nothing else of them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GuardError } from '../../errors.ts'
import type { LoadedConfig } from './api-credentials.ts'
import type { Environment } from './kubeconfig-files.ts'

/** Where the kubelet mounts a pod's token and the API server's CA. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The configuration of the pod around us, or null outside of one; its files are read each time, as the kubelet replaces them. */
export const podConfig = (env: Environment, directory: string): LoadedConfig | null => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port) return null
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    getCurrentCluster: () => ({ name: 'in-cluster', server, skipTLSVerify: false }),
    applyToHTTPSOptions: async options => {
      const [ca, token] = await Promise.all([read(join(directory, 'ca.crt')), read(join(directory, 'token'))])
      Object.assign(options, { ca, headers: { authorization: `Bearer ${token.trim()}` } })
    },
  }
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    const message = `${path}: expected the pod's ServiceAccount, found ${found}; is automountServiceAccountToken off?`
    throw new GuardError('SOCI_GUARD_KUBECONFIG', message, { cause })
  }
}
