import type { ClusterView } from '../admission/cluster-view.ts'
import type { WatchedKindName } from '../inventory/cluster/watched-kind.ts'
import type { Roster } from '../policy/roster.ts'
import type { Io } from './io.ts'
import { readViewOnce } from './one-time-view.ts'

/** Which cluster a command is about, as its flags say. */
export interface ClusterFlags {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
}

/** Where a command gets its cluster from, files when --inventory says so, and by what it judges. */
export interface SourceFlags extends ClusterFlags {
  readonly config: string | undefined
  readonly inventory: string | undefined
}

/** A cluster at one moment, with all that is known of it. */
export type OneTimeView = ClusterView & { readonly roster: Roster }

/** The cluster as it is now, from the files or from the API server; a GuardError when it cannot be told. */
export const readView = async (flags: SourceFlags, kinds: readonly WatchedKindName[], io: Io): Promise<OneTimeView> => {
  const { config, inventory } = flags
  if (inventory !== undefined) return readViewOnce({ config, inventory }, io.nowMs())
  // Who works from files need not wait for what only a cluster takes.
  const { withConnection } = await import('./cluster-connection.ts')
  const { readClusterView } = await import('./cluster-look.ts')
  return withConnection(flags, io, connection => readClusterView(flags, kinds, io, connection))
}

/** The namespace of objects that name none: the flag's, else kubectl's for the cluster, else default. */
export const readNamespace = async (
  flags: SourceFlags & { readonly namespace: string | undefined },
  io: Io,
): Promise<string> => {
  const { namespace, inventory } = flags
  if (namespace !== undefined || inventory !== undefined) return namespace ?? 'default'
  const { currentNamespace } = await import('./cluster-connection.ts')
  return currentNamespace(flags, io)
}
