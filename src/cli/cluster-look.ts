import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import type { WatchedKindName } from '../inventory/cluster/watched-kind.ts'
import { lookAtCluster } from './cluster-once.ts'
import type { OneTimeView, SourceFlags } from './cluster-source.ts'
import { createClusterLog } from './cluster-stderr.ts'
import type { Io } from './io.ts'
import { readConfigurationOnce } from './one-time-view.ts'

/** The cluster at the other end of the connection as it is now, judged by the configuration of the flags. */
export const readClusterView = async (
  { config }: Pick<SourceFlags, 'config'>,
  kinds: readonly WatchedKindName[],
  io: Io,
  connection: ApiConnection,
): Promise<OneTimeView> =>
  lookAtCluster({
    connection,
    kinds,
    configuration: await readConfigurationOnce(config),
    log: createClusterLog(io.stderr),
    nowMs: io.nowMs(),
  })
