import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../e2e/cluster/api.ts'
import { type NodeTaint, nodePath } from '../e2e/cluster/nodes.ts'
import { waitFor } from '../e2e/cluster/wait-for.ts'
import type { World } from './world/world.ts'

/** The key of the taint. */
const TAINT_KEY = 'soci-guard.dev/snapshotter'

/** The taint of the guard on a node, if it is there. */
export async function guardTaint(api: Api, node: string): Promise<NodeTaint | undefined> {
  const { spec } = await api.get<{ spec: { taints?: NodeTaint[] } }>(nodePath(node))
  return spec.taints?.find(({ key }) => key === TAINT_KEY)
}

/** The names of all nodes with the guard's taint. */
export async function taintedNodes(api: Api): Promise<Set<string>> {
  const nodes = await api.list<{ metadata: { name: string }; spec: { taints?: NodeTaint[] } }>('/api/v1/nodes')
  const isTainted = ({ spec }: (typeof nodes)[number]) => spec.taints?.some(({ key }) => key === TAINT_KEY)
  return new Set(nodes.filter(isTainted).map(({ metadata }) => metadata.name))
}

/** Measures on nodes of its own how long it takes from a truth to the taint, over and over; stopped, it gives all times in milliseconds. */
export function startTaintClock(api: Api, world: World, names: readonly string[]): () => Promise<number[]> {
  const times: number[] = []
  let running = true
  const measure = async (name: string, condition: 'Ready' | 'Mixed') => {
    const startMs = performance.now()
    world.become(name, condition)
    const isThere = async () => ((await guardTaint(api, name)) !== undefined) === (condition === 'Mixed')
    await waitFor(`${name} to be tainted for ${condition}`, isThere, { everyMs: 20 })
    times.push(performance.now() - startMs)
  }
  const run = async () => {
    for (let turn = 0; running; turn++) {
      const name = names[turn % names.length] as string
      await measure(name, 'Mixed')
      await measure(name, 'Ready')
      await sleep(50)
    }
  }
  const ended = run()
  return async () => {
    running = false
    await ended
    return times
  }
}
