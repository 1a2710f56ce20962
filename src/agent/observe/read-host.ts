import { join } from 'node:path'
import { CALLS } from '../../report/facts/calls.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { textOf } from '../../report/facts/raw-fields.ts'
import { readContainerdFiles } from './read-containerd-files.ts'
import { readProcess, readProcesses } from './read-process.ts'
import { readSnapshotterFiles } from './read-snapshotter-files.ts'

/** What the node's own file system adds: this boot, containerd's process, and the configuration files, which are hints only. */
export const readHost = async (root: string, server: unknown): Promise<Observation> => {
  const proc = join(root, 'proc')
  const { bootID, bootTimeMs, hostname, pidNamespace } = await readProcesses(proc)
  // A process ID means something only in its own namespace of process IDs.
  const pid = isCallError(server) || textOf(server, 'pidns') !== pidNamespace ? 0 : Number(textOf(server, 'pid'))
  const containerd = pid > 0 ? await readProcess(proc, pid, bootTimeMs) : null
  const [containerdFiles, snapshotterFiles] = await Promise.all([
    readContainerdFiles(root, containerd?.arguments ?? []),
    readSnapshotterFiles(root),
  ])
  return {
    [CALLS.host]: { name: hostname, bootID, bootTimeMs, containerdStartTimeMs: containerd?.startTimeMs ?? null },
    [CALLS.containerdFiles]: { files: containerdFiles },
    [CALLS.snapshotterFiles]: snapshotterFiles,
  }
}
