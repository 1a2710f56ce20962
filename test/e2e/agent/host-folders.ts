import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'

const SOCKET = '/run/containerd/containerd.sock'
const LAYERS = '/run/containerd/.etc'

/**
 * Folders of a node as the agent's pod mounts them, in the tests' own mount namespace, so that nothing of this machine is seen or
 * touched. No daemon is there, whatever an earlier test file of the same run had started.
 */
export function makeHostFolders(): { readonly socket: string } {
  if (existsSync(LAYERS)) rmSync(SOCKET, { force: true })
  else mountFolders()
  return { socket: SOCKET }
}

// Once in a namespace: the kernel stacks no more than two overlays.
function mountFolders(): void {
  const mount = (...args: string[]) => execFileSync('mount', args)
  mkdirSync('/run/containerd', { recursive: true })
  mount('-t', 'tmpfs', 'tmpfs', '/run/containerd')
  mkdirSync('/run/soci-snapshotter-grpc', { recursive: true })
  mount('-t', 'tmpfs', 'tmpfs', '/run/soci-snapshotter-grpc')
  for (const folder of ['upper', 'scratch']) mkdirSync(`${LAYERS}/${folder}`, { recursive: true })
  mount('-t', 'overlay', 'overlay', '-o', `lowerdir=/etc,upperdir=${LAYERS}/upper,workdir=${LAYERS}/scratch`, '/etc')
  mkdirSync('/etc/containerd', { recursive: true })
}
