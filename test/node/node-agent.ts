import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentSeat, takeSeat } from '../e2e/agent/agent-cluster.ts'
import type { ControlPlane } from '../e2e/cluster/control-plane.ts'
import { type DaemonProcess, startDaemon } from '../e2e/cluster/daemon-process.ts'
import { BUNDLE } from '../e2e/guard/guard-image.ts'
import type { TestNode } from './node.ts'

/** The agent of one life of a node: its pod on the API server, with the token of that pod, and the process itself. */
export interface NodeAgent {
  readonly seat: AgentSeat
  /** Ends the process; what it reported stays. */
  stop(): Promise<void>
}

/** Who starts an agent, where, and where its log goes. */
export interface NodeAgentOptions {
  readonly plane: ControlPlane
  /** Its containerd; the Node of the same name must exist. */
  readonly node: TestNode
  /** A name that no other pod has. */
  readonly pod: string
  readonly logFolder: string
}

/** Starts the program's agent with the mounts of a node, as the DaemonSet would. */
export async function startNodeAgent({ plane, node, pod, logFolder }: NodeAgentOptions): Promise<NodeAgent> {
  const seat = await takeSeat(plane, node.name, pod)
  const [enter, ...enterArgs] = node.enter
  const process_: DaemonProcess = startDaemon({
    name: pod,
    command: enter as string,
    args: [
      ...enterArgs,
      process.execPath,
      BUNDLE,
      'agent',
      `--node-name=${node.name}`,
      `--pod-uid=${seat.podUID}`,
      `--address=${node.address}`,
      `--kubeconfig=${plane.kubeconfig(pod, { token: seat.token })}`,
      '--ops-host=127.0.0.1',
      '--ops-port=0',
    ],
    env: { HOME: node.folder },
    logFolder,
  })
  return { seat, stop: () => process_.stop() }
}

/** Gives the programs of a node another boot identity than the machine has. */
export async function setBootID(node: TestNode, bootID: string): Promise<void> {
  const file = join(node.folder, `boot-${bootID}`)
  writeFileSync(file, `${bootID}\n`)
  await node.run(['mount', '--bind', file, '/proc/sys/kernel/random/boot_id'])
}
