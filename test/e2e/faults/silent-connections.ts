import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { PodNetwork } from '../cluster/pod-network.ts'

const run = promisify(execFile)
const API_PORT = 443

/** Longer than a packet with nothing in it: what carries data, or makes a new connection, is longer. */
const SHORTEST_WITH_DATA = { everything: 0, data: 61 } as const

/**
 * Lets what the API server sends over the connections that the pod has to it now vanish: everything, as a dead network does, or
 * only data, as a server that hangs while its kernel still answers. Nothing is closed, and new connections work.
 */
export async function silenceConnections(
  { ip, enter }: PodNetwork,
  lost: keyof typeof SHORTEST_WITH_DATA,
): Promise<{ count: number; end(): Promise<void> }> {
  const ports = await connectionsToApi(enter)
  const packets = ['-m', 'length', '--length', `${SHORTEST_WITH_DATA[lost]}:`]
  const rule = (verb: '--append' | '--delete', port: number) => {
    const connection = ['--protocol', 'tcp', '--sport', `${API_PORT}`, '--destination', ip, '--dport', `${port}`]
    return run('iptables', ['--wait', verb, 'OUTPUT', ...connection, ...packets, '--jump', 'DROP'])
  }
  for (const port of ports) await rule('--append', port)
  return {
    count: ports.length,
    end: async () => {
      for (const port of ports) await rule('--delete', port)
    },
  }
}

/** The pod's own ports of its established connections to the API server, from the kernel's table of its network namespace. */
async function connectionsToApi(enter: readonly string[]): Promise<number[]> {
  const [command, ...args] = [...enter, 'cat', '/proc/net/tcp']
  const { stdout } = await run(command as string, args)
  const hexPort = API_PORT.toString(16).toUpperCase().padStart(4, '0')
  return [...stdout.matchAll(/^\s*\d+: [0-9A-F]{8}:([0-9A-F]{4}) [0-9A-F]{8}:([0-9A-F]{4}) 01 /gm)]
    .filter(([, , remote]) => remote === hexPort)
    .map(([, local]) => Number.parseInt(local as string, 16))
}
