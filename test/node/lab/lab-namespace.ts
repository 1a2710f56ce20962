import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { checkHost, insideNamespace, runInNamespace } from '../../e2e/cluster/network-namespace.ts'
import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { NodesUnavailable } from '../releases/unavailable.ts'
import { clearCgroups } from './cgroups.ts'

/** Where the nodes live: a file system in memory that only the tests' namespace sees, on a path short enough for socket names. */
export const NODES_FOLDER = '/run/nodes'

/**
 * Daemons have paths that no setting moves (`/run/containerd/s`, `/run/nri`, `/opt/containerd`, `/var/lib/soci-snapshotter-grpc`), so those
 * parents become the namespace's own: whatever is written there is gone with the last process.
 */
const PREPARE = `set -e
mount -t tmpfs tmpfs /run
mkdir /run/netns /run/containerd /run/nri ${NODES_FOLDER} /run/upper /run/work
[ ! -d /opt ] || mount -t tmpfs tmpfs /opt
mount -t overlay overlay -o lowerdir=/var/lib,upperdir=/run/upper,workdir=/run/work /var/lib
mkdir -p /var/lib/soci-snapshotter-grpc
exec "$@"`

/** What the tests call beside the daemons themselves. */
const COMMANDS = ['apt-get', 'dpkg-deb', 'gcc', 'go', 'nice', 'nsenter', 'setpriv', 'unshare']

/** Throws NodesUnavailable unless this machine lets the tests make namespaces, overlays and FUSE mounts, and has the commands for it. */
export function requireHost(): void {
  const missing = COMMANDS.filter(name => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status !== 0)
  if (missing.length > 0) throw new NodesUnavailable(`these commands are missing here: ${missing.join(', ')}`)
  const host = checkHost()
  if (!host.able) throw new NodesUnavailable(host.why)
  if (!existsSync('/dev/fuse'))
    throw new NodesUnavailable('the SOCI snapshotter mounts with FUSE, and there is no /dev/fuse')
  const time = spawnSync('unshare', ['--time', '--boottime', '0', '--fork', 'true'], { encoding: 'utf8' })
  if (time.status !== 0) throw new NodesUnavailable(`a time namespace could not be made: ${time.stderr.trim()}`)
}

/** Runs a command where nodes may be started; when it ends, or this process does, its daemons, containers and mounts end too. */
export async function runInLab(command: readonly string[], env: Record<string, string>): Promise<number> {
  clearCgroups()
  try {
    return await runInNamespace(['sh', '-c', PREPARE, 'node-tests', ...command], env)
  } finally {
    await waitFor('the control groups of the tests to be empty', clearCgroups, { deadlineMs: 5_000 })
  }
}

/** Throws unless this process runs where `runInLab` puts commands: daemons must never touch a machine's own folders. */
export function requireLab(): void {
  if (!insideNamespace() || !existsSync(NODES_FOLDER))
    throw new Error('not in the namespace of the node tests: start them with `npm run test:node`')
}
