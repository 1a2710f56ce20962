import { spawn, spawnSync } from 'node:child_process'
import { DIE_WITH_PARENT } from './daemon-process.ts'

/** Addresses inside the namespace: the API server's Service, the range of Services, the range of pods and the host's end of it. */
export const ADDRESSES = {
  apiService: '10.1.0.1',
  serviceRange: '10.1.0.0/16',
  podRangePrefix: '10.244',
  podGateway: '10.244.0.1',
  podGatewayHardware: '02:00:00:00:00:01',
} as const

/** Whether this machine lets the tests have namespaces of their own, and why not. */
export type HostCheck = { able: true } | { able: false; why: string }

const MARK = 'SOCI_GUARD_E2E_NAMESPACE'

/** Everything below is the children's: when the first of them ends, the kernel ends the rest and takes the links and mounts away. */
const UNSHARE = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const

const PREPARE = `set -e
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
ip link set lo up
ip addr add ${ADDRESSES.apiService}/32 dev lo
ip link add pods address ${ADDRESSES.podGatewayHardware} type bridge
ip addr add ${ADDRESSES.podGateway}/16 dev pods
ip link set pods up`

/** A throw-away run of all that the namespaces need: a bridge, a veth pair into a named namespace, an overlay on a tmpfs. */
const REHEARSE = `${PREPARE}
ip netns add rehearsal
ip link add rehearsal type veth peer name eth0 netns rehearsal
ip link set rehearsal master pods up
mount -t tmpfs tmpfs /run/netns
mkdir /run/netns/upper /run/netns/scratch /run/netns/root
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/netns/upper,workdir=/run/netns/scratch /run/netns/root`

/** Tries, in namespaces that vanish at once, everything the control plane and the test kubelet need of this machine. */
export function checkHost(): HostCheck {
  if (process.platform !== 'linux') return { able: false, why: `namespaces need Linux, this is ${process.platform}` }
  if (process.getuid?.() !== 0)
    return { able: false, why: 'network and mount namespaces need root, and this is not root' }
  const [command, ...args] = [...UNSHARE, 'sh', '-c', REHEARSE]
  const rehearsal = spawnSync(command as string, args, { encoding: 'utf8', timeout: 20_000 })
  if (rehearsal.status === 0) return { able: true }
  const said = (rehearsal.error?.message ?? rehearsal.stderr).trim()
  return { able: false, why: `a network namespace with a bridge and an overlay could not be made: ${said}` }
}

/** True in a process that runs in the tests' own namespace. */
export function insideNamespace(): boolean {
  return process.env[MARK] === '1'
}

/** Throws unless this process runs in the tests' own namespace: a control plane must never listen on a machine's real addresses. */
export function requireNamespace(): void {
  if (!insideNamespace())
    throw new Error('not in the network namespace of the tests: start them with `npm run test:e2e`')
}

/** Runs a command in new network, mount and process namespaces, with the addresses above; resolves with its exit code. */
export function runInNamespace(command: readonly string[], env: Record<string, string>): Promise<number> {
  const [wrapper, ...args] = [...DIE_WITH_PARENT, ...UNSHARE, 'sh', '-c', `${PREPARE}\n"$@"`, 'e2e', ...command]
  const child = spawn(wrapper as string, args, { stdio: 'inherit', env: { ...process.env, ...env, [MARK]: '1' } })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGKILL'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
