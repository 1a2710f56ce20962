import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GuardError, isGuardError } from '../errors.ts'
import { type ApiConnection, createApiConnection } from '../inventory/cluster/api-connection.ts'
import { SERVICE_ACCOUNT_DIRECTORY } from '../inventory/cluster/in-cluster-config.ts'
import { loadKubeconfig } from '../inventory/cluster/kubeconfig.ts'
import type { ClusterFlags } from './cluster-source.ts'
import type { Io } from './io.ts'
import { VERSION } from './version.ts'

/** A connection to the cluster of the flags; whoever opens it closes it, so that the process can end. */
export const openConnection = ({ kubeconfig, context }: ClusterFlags, { env }: Pick<Io, 'env'>): ApiConnection => {
  const userAgent = `soci-guard/${VERSION}`
  return createApiConnection({ kubeconfig, context, env, userAgent, nowMs: () => performance.now() })
}

/** Does the work over a connection that is closed afterwards. */
export const withConnection = async <Result>(
  flags: ClusterFlags,
  io: Pick<Io, 'env'>,
  work: (connection: ApiConnection) => Promise<Result>,
): Promise<Result> => {
  const connection = openConnection(flags, io)
  try {
    return await work(connection)
  } catch (error) {
    throw withAdvice(error)
  } finally {
    connection.close()
  }
}

/** The same error, with what a person at a terminal may look at. */
export const withAdvice = (error: unknown): unknown =>
  isGuardError(error) && error.code === 'SOCI_GUARD_API_UNREACHABLE'
    ? new GuardError(
        error.code,
        `the API server cannot be reached: ${error.message}; is it up, and is this the right --kubeconfig and --context?`,
        { cause: error },
      )
    : error

/** The namespace for objects that name none, as kubectl chooses it: the context's, a pod's own, or default. */
export const currentNamespace = async (
  { kubeconfig, context }: ClusterFlags,
  { env }: Pick<Io, 'env'>,
): Promise<string> => {
  const config = await loadKubeconfig({ kubeconfig, context, env })
  const name = config.getCurrentContext()
  const namespace = config.getContextObject(name)?.namespace
  if (namespace) return namespace
  return name === 'in-cluster' ? podNamespace() : 'default'
}

const podNamespace = async (): Promise<string> => {
  try {
    return (await readFile(join(SERVICE_ACCOUNT_DIRECTORY, 'namespace'), 'utf8')).trim() || 'default'
  } catch {
    // A context that somebody called in-cluster, or a pod without the file: as if none were said.
    return 'default'
  }
}
