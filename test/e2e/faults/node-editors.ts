// Others who write the same Node as the controller: each write adds something that must be there at the end.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, ApiError } from '../cluster/api.ts'
import { nodePath } from '../cluster/nodes.ts'
import type { MarkedNode } from '../guard/node-marks.ts'

/** What was added, by name. */
export interface NodeEdits {
  taints: string[]
  labels: string[]
  conditions: string[]
}

/** Adds taints (as a whole list, with the version that was read), labels and conditions to a Node until it is stopped. */
export function editSteadily(api: Api, name: string): { stop(): Promise<NodeEdits> } {
  const edits: NodeEdits = { taints: [], labels: [], conditions: [] }
  let isStopped = false

  const repeatedly = async (edit: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; !isStopped; turn++) {
      await edit(turn)
      await sleep(40)
    }
  }

  const addTaint = async (turn: number): Promise<void> => {
    const key = `example.com/t${turn % 40}`
    try {
      const { metadata, spec } = await api.get<MarkedNode>(nodePath(name))
      // PreferNoSchedule keeps no pod away.
      const taints = [...(spec.taints ?? []).filter(taint => taint.key !== key), { key, effect: 'PreferNoSchedule' }]
      await api.patch(nodePath(name), { metadata: { resourceVersion: metadata.resourceVersion }, spec: { taints } })
      if (!edits.taints.includes(key)) edits.taints.push(key)
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error
    }
  }

  const addLabel = async (turn: number): Promise<void> => {
    const key = `example.com/l${turn}`
    await api.patch(nodePath(name), { metadata: { labels: { [key]: 'there' } } })
    edits.labels.push(key)
  }

  const addCondition = async (turn: number): Promise<void> => {
    const type = `Theirs${turn}`
    const condition = { type, status: 'False', reason: 'R', message: 'm' }
    await api.patch(`${nodePath(name)}/status`, { status: { conditions: [condition] } }, 'strategic-merge-patch')
    edits.conditions.push(type)
  }

  const all = Promise.all([repeatedly(addTaint), repeatedly(addLabel), repeatedly(addCondition)])
  return {
    stop: async () => {
      isStopped = true
      await all
      return edits
    },
  }
}
