import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Folders of a node as the agent's pod mounts them, in the tests' own mount namespace, so that nothing of this machine is seen or touched. */
export function makeHostFolders(): { readonly socket: string } {
  const mount = (...args: string[]) => execFileSync('mount', args)
  mkdirSync('/run/containerd', { recursive: true })
  mount('-t', 'tmpfs', 'tmpfs', '/run/containerd')
  mkdirSync('/run/soci-snapshotter-grpc', { recursive: true })
  mount('-t', 'tmpfs', 'tmpfs', '/run/soci-snapshotter-grpc')
  const layers = '/run/containerd/.etc'
  for (const folder of ['upper', 'scratch']) mkdirSync(`${layers}/${folder}`, { recursive: true })
  mount('-t', 'overlay', 'overlay', '-o', `lowerdir=/etc,upperdir=${layers}/upper,workdir=${layers}/scratch`, '/etc')
  mkdirSync('/etc/containerd', { recursive: true })
  return { socket: '/run/containerd/containerd.sock' }
}
