import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DaemonProcess, startDaemon } from '../../e2e/cluster/daemon-process.ts'
import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { REGISTRY_HOST } from './registry-host.ts'

/** A mount namespace in which the paths that no setting moves are one node's own. */
export interface MountNamespace {
  /** What a command is prefixed with to run there; paths must be absolute. */
  readonly enter: readonly string[]
  /** Runs a command there and gives its output; rejects with what it said when it fails. */
  run(command: readonly string[], env?: Record<string, string>): Promise<string>
  stop(): Promise<void>
}

/** Folders of a node that take the place of the machine's, by the path that daemons insist on. */
const BINDS = {
  'run-containerd': '/run/containerd',
  'run-nri': '/run/nri',
  'soci-content': '/var/lib/soci-snapshotter-grpc',
}

const HOLD = `set -e
folder=$1
${Object.entries(BINDS)
  .map(([name, path]) => `mount --bind "$folder/${name}" ${path}`)
  .join('\n')}
mount --bind "$folder/hosts" /etc/hosts
touch "$folder/mounted"
exec sleep infinity`

/** Makes the namespace, held by a process that ends with this one. */
export async function createMountNamespace(folder: string, logFolder: string): Promise<MountNamespace> {
  for (const name of Object.keys(BINDS)) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost ${REGISTRY_HOST}\n`)
  const holder = startDaemon({
    name: 'mounts',
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', HOLD, 'hold', folder],
    logFolder,
  })
  await waitFor('the mount namespace of a node', () => existsSync(join(folder, 'mounted')), { everyMs: 5 })
  return asNamespace(holder)
}

function asNamespace(holder: DaemonProcess): MountNamespace {
  const enter = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--']
  return {
    enter,
    run: async (command, env) => {
      const [program, ...args] = [...enter, ...command]
      const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
      const { stdout } = await promisify(execFile)(program as string, args, options)
      return stdout
    },
    stop: () => holder.stop('SIGKILL'),
  }
}
