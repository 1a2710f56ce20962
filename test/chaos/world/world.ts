import type { ControlPlane } from '../../e2e/cluster/control-plane.ts'
import { inParallel } from '../../e2e/cluster/in-parallel.ts'
import type { KubernetesObject } from '../../e2e/cluster/kubernetes-object.ts'
import { createNodes, nodeObject, nodePath } from '../../e2e/cluster/nodes.ts'
import { persistently } from './persistently.ts'
import type { ReportWriters } from './report-writers.ts'
import type { Condition, Seat } from './seat.ts'
import { type AgentPod, agentToken, createAgentPod } from './seats.ts'

/** The nodes as they really are, which nobody but their agents can see. */
export interface World {
  readonly names: readonly string[]
  seat(name: string): Seat
  /** The containerd of a node gets into a condition; its agent notices after the delay. */
  become(name: string, condition: Condition, delayMs?: number): void
  /** The node restarts: another boot ID, a Ready containerd, and an agent that is back after the delay. */
  reboot(name: string, delayMs: number): Promise<void>
  /** The Node object is deleted and made anew by another machine of the same name. */
  recreate(name: string, delayMs: number): Promise<void>
}

const WIDTH = 8

/** Creates the nodes with an agent each, all Ready; the first reports are under way when it resolves. */
export async function createWorld(
  { admin }: ControlPlane,
  writers: ReportWriters,
  names: readonly string[],
): Promise<World> {
  const seats = new Map<string, Seat>()
  const pods = new Map<string, AgentPod>()
  let boots = 0
  const seatOf = (name: string) => {
    const seat = seats.get(name)
    if (!seat) throw new Error(`nobody knows the node ${name}`)
    return seat
  }
  const sit = (seat: Seat, delayMs: number) => {
    seats.set(seat.node, seat)
    writers.tell(seat, delayMs)
  }
  const bootID = (name: string) => `boot-${name}-${++boots}`
  const settle = async (name: string) => {
    const node = await admin.get<KubernetesObject>(nodePath(name))
    const pod = await createAgentPod(admin, name)
    pods.set(name, pod)
    const token = await agentToken(admin, pod)
    sit(
      { node: name, nodeUID: node.metadata.uid ?? '', bootID: boot(node), podUID: pod.uid, token, condition: 'Ready' },
      0,
    )
  }
  await createNodes(
    admin,
    names.map(name => ({ name, bootID: bootID(name) })),
  )
  await inParallel(names, WIDTH, settle)

  return {
    names,
    seat: seatOf,
    become: (name, condition, delayMs = 0) => sit({ ...seatOf(name), condition }, delayMs),
    reboot: async (name, delayMs) => {
      const next = bootID(name)
      const change = { status: { nodeInfo: { bootID: next } } }
      await persistently(() => admin.patch(`${nodePath(name)}/status`, change, 'strategic-merge-patch'))
      sit({ ...seatOf(name), bootID: next, condition: 'Ready' }, delayMs)
    },
    recreate: async (name, delayMs) => {
      const next = bootID(name)
      await persistently(() => admin.delete(nodePath(name)))
      const object = nodeObject({ name, bootID: next })
      const node = await persistently(async () => {
        const created = await admin.send('POST', '/api/v1/nodes', object)
        if (created.status !== 201 && created.status !== 409) throw new Error(`${created.status}`)
        return admin.get<KubernetesObject>(nodePath(name))
      })
      const token = await persistently(() => agentToken(admin, pods.get(name) as AgentPod))
      sit({ ...seatOf(name), nodeUID: node.metadata.uid ?? '', bootID: next, token, condition: 'Ready' }, delayMs)
    },
  }
}

const boot = ({ status }: KubernetesObject) =>
  (status as { nodeInfo?: { bootID?: string } } | undefined)?.nodeInfo?.bootID ?? ''
