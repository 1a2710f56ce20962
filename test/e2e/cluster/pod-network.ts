import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ADDRESSES } from './network-namespace.ts'

const run = promisify(execFile)

/** One pod's network: an address of its own in a network namespace of its own, on the tests' bridge. */
export interface PodNetwork {
  readonly ip: string
  /** The command words that run what follows inside this network. */
  readonly enter: readonly string[]
  /** Lets every packet vanish without closing anything, as a dead node or a broken switch does. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  remove(): Promise<void>
}

/** The network of a pod with `hostNetwork: true`: the namespace of the control plane itself. */
export const HOST_NETWORK: PodNetwork = {
  ip: ADDRESSES.podGateway,
  enter: [],
  freeze: () => Promise.reject(new Error('a pod in the host network cannot be frozen alone')),
  thaw: () => Promise.resolve(),
  remove: () => Promise.resolve(),
}

let made = 0

/** Makes a network namespace with the next free pod address, joined to the bridge by a veth pair. */
export async function createPodNetwork(): Promise<PodNetwork> {
  const number = ++made + 1
  const ip = `${ADDRESSES.podRangePrefix}.${number >> 8}.${number & 255}`
  const name = `e2e-${process.pid}-${number}`
  const link = `veth${process.pid % 100_000}-${number}`
  const hardware = `02:00:00:01:${hex(number >> 8)}:${hex(number & 255)}`
  const inPod = ['ip', '-n', name]
  const steps = [
    ['ip', 'netns', 'add', name],
    ['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'address', hardware, 'netns', name],
    ['ip', 'link', 'set', link, 'master', 'pods', 'up'],
    [...inPod, 'link', 'set', 'lo', 'up'],
    [...inPod, 'addr', 'add', `${ip}/16`, 'dev', 'eth0'],
    [...inPod, 'link', 'set', 'eth0', 'up'],
    [...inPod, 'route', 'add', 'default', 'via', ADDRESSES.podGateway],
    // Without ARP a frozen pod is silence, as behind a router, and not "no route to host" after three seconds.
    [...inPod, 'neigh', 'add', ADDRESSES.podGateway, 'lladdr', ADDRESSES.podGatewayHardware, 'dev', 'eth0'],
    // Not "add": whoever still calls a pod of an earlier cluster leaves an entry for its address.
    ['ip', 'neigh', 'replace', ip, 'lladdr', hardware, 'dev', 'pods'],
  ]
  for (const step of steps) await ipCommand(step)
  return {
    ip,
    enter: ['nsenter', `--net=/run/netns/${name}`, '--'],
    freeze: () => ipCommand(['ip', 'link', 'set', link, 'down']),
    thaw: () => ipCommand(['ip', 'link', 'set', link, 'up']),
    remove: async () => {
      await ipCommand(['ip', 'neigh', 'delete', ip, 'dev', 'pods'])
      await ipCommand(['ip', 'netns', 'delete', name])
    },
  }
}

async function ipCommand([command, ...args]: string[]): Promise<void> {
  await run(command as string, args)
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
