import { join } from 'node:path'
import { CALLS } from '../../report/facts/calls.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { textOf } from '../../report/facts/raw-fields.ts'
import { readContainerdFiles } from './read-containerd-files.ts'
import { readPidNamespace, readProcess, readProcesses } from './read-process.ts'
import { readSnapshotterFiles } from './read-snapshotter-files.ts'

/** This boot, which is the same in a pod, and beside containerd also its process and the configuration files, which are hints only. */
export const readHost = async (root: string, server: unknown, isOnNode: boolean): Promise<Observation> => {
  const proc = join(root, 'proc')
  const { bootID, bootTimeMs, hostname } = await readProcesses(proc)
  const host = { name: hostname, bootID, bootTimeMs }
  if (!isOnNode) return { [CALLS.host]: host }
  const pid = Number(textOf(server, 'pid'))
  const containerd = pid > 0 ? await readProcess(proc, pid, bootTimeMs) : null
  const [containerdFiles, snapshotterFiles] = await Promise.all([
    readContainerdFiles(root, containerd?.arguments ?? []),
    readSnapshotterFiles(root),
  ])
  return {
    [CALLS.host]: { ...host, containerdStartTimeMs: containerd?.startTimeMs ?? null },
    [CALLS.containerdFiles]: { files: containerdFiles },
    [CALLS.snapshotterFiles]: snapshotterFiles,
  }
}

/**
 * False when containerd's process is in another namespace of process IDs than this one, as seen from a pod: what is not to be found
 * under the root is then no sign that the node does not have it. A containerd before 1.7 does not tell.
 */
export const isBesideContainerd = async (root: string, server: unknown): Promise<boolean> => {
  const namespace = isCallError(server) ? '' : textOf(server, 'pidns')
  return namespace === '' || namespace === '0' || namespace === (await readPidNamespace(join(root, 'proc')))
}
