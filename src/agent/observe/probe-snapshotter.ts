// containerd answers for a plugin that is down as long as it has nothing to ask it, and shows no error for it. Only a call on the
// plugin's own socket tells whether it is alive.

import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { createSnapshotterClient } from '../../containerd/snapshotter-client.ts'
import { pluginCall, pluginImageCall } from '../../report/facts/calls.ts'
import type { Observation } from '../../report/facts/observation.ts'

const UNAVAILABLE = 14

/** What the plugin at the address answers; nothing when it has none, which is a snapshotter of containerd's own. */
export const probeSnapshotter = async (
  name: string,
  address: string,
  options: RpcOptions,
  isWholeHostVisible: boolean,
): Promise<Observation> => {
  if (address === '') return {}
  if (!isWholeHostVisible && !(await isThere(folderOf(address)))) {
    const error = {
      code: UNAVAILABLE,
      message: `no such directory here: ${folderOf(address)}; mount it to ask ${name}`,
    }
    return { [pluginCall(name)]: error, [pluginImageCall(name)]: error }
  }
  const client = createSnapshotterClient(address)
  try {
    const [snapshots, imageFsInfo] = await Promise.all([client.snapshots(options), client.imageFsInfo(options)])
    return { [pluginCall(name)]: snapshots, [pluginImageCall(name)]: imageFsInfo }
  } finally {
    client.close()
  }
}

const folderOf = (address: string): string => dirname(address.replace(/^unix:(\/\/)?/, ''))

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
