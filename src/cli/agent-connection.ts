import { type ApiConnection, createApiConnection } from '../inventory/cluster/api-connection.ts'
import { kubeconfigFiles } from '../inventory/cluster/kubeconfig-files.ts'
import { podConfig, SERVICE_ACCOUNT_DIRECTORY } from '../inventory/cluster/pod-config.ts'
import type { ClusterFlags } from './cluster-source.ts'
import type { Io } from './io.ts'
import { VERSION } from './version.ts'

/** A connection to the cluster of the flags, as other commands find it; rejects with a GuardError when it cannot be used. */
export const openAgentConnection = async (
  { kubeconfig, context }: ClusterFlags,
  { env }: Pick<Io, 'env'>,
): Promise<ApiConnection> => {
  const choice = { kubeconfig, context, env }
  const files = await kubeconfigFiles(choice)
  const pod = files.length === 0 && context === undefined ? podConfig(env, SERVICE_ACCOUNT_DIRECTORY) : null
  // Who starts us learns at once of a kubeconfig that cannot be used; all else may mend itself.
  const load = async () => pod ?? (await import('../inventory/cluster/kubeconfig.ts')).loadKubeconfig(choice)
  await load()
  return createApiConnection({ load, userAgent: `soci-guard/${VERSION}`, nowMs: () => performance.now() })
}
