import type { CallError } from '../report/facts/observation.ts'
import { IMAGE_FS_INFO_METHOD } from './cri-image-service.ts'
import { createRpcConnection, type RpcMessage, type RpcOptions } from './rpc-connection.ts'
import { SNAPSHOTS_METHOD } from './snapshots-service.ts'

/** A real call on a snapshotter plugin's own socket, which has no health service. */
export interface SnapshotterClient {
  /** Whether it lists snapshots, and how many there are: any answer but silence is a sign of life. */
  snapshots(options: RpcOptions): Promise<{ readonly count: number } | CallError>
  /** Answered only where the plugin serves CRI's ImageService, by which the kubelet hands it credentials. */
  imageFsInfo(options: RpcOptions): Promise<RpcMessage | CallError>
  close(): void
}

/** A client of the snapshotter plugin at the address that containerd knows it by: a path, perhaps with unix:// before it. */
export const createSnapshotterClient = (address: string): SnapshotterClient => {
  const connection = createRpcConnection(address.replace(/^unix:(\/\/)?/, ''), 'k8s.io')
  return {
    snapshots: async options => {
      // A snapshotter lists all or nothing; a filter that matches nothing keeps the answer small.
      const answer = await connection.collect(SNAPSHOTS_METHOD, { filters: ['name==soci-guard'] }, options)
      return 'code' in answer ? answer : { count: (answer as readonly unknown[]).length }
    },
    imageFsInfo: options => connection.unary(IMAGE_FS_INFO_METHOD, {}, options),
    close: connection.close,
  }
}
