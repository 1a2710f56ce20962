import type { ControlPlane } from '../cluster/control-plane.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { type PodObject, podsPath } from '../guard/pod-object.ts'

/** What the scheduler made of a pod: the node it took, or why there was none, as it counts. */
export type SchedulerOutcome = { node: string } | { nodes: number; reasons: Record<string, number> }

/** Waits until the scheduler has tried every pod of the names given, and tells what became of each. */
export function schedulerOutcomes(
  plane: ControlPlane,
  names: ReadonlySet<string>,
): Promise<Map<string, SchedulerOutcome>> {
  return waitFor(
    `the scheduler to try ${names.size} pods`,
    async () => {
      const pods = await plane.admin.list<PodObject>(podsPath())
      const tried = pods
        .filter(({ metadata }) => names.has(metadata.name))
        .map(pod => [pod.metadata.name, outcomeOf(pod)] as const)
      return tried.every(([, outcome]) => outcome !== undefined) && new Map(tried as [string, SchedulerOutcome][])
    },
    { deadlineMs: 60_000, everyMs: 500 },
  )
}

function outcomeOf({ spec, status }: PodObject): SchedulerOutcome | undefined {
  if (spec.nodeName !== undefined) return { node: spec.nodeName }
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (condition?.message === undefined) return undefined
  if (condition.reason !== 'Unschedulable') throw new Error(`${condition.reason}: ${condition.message}`)
  return { ...readFitError(condition.message) }
}

/** Reads kube-scheduler's `0/30 nodes are available: 1 node(s) were unschedulable, 29 node(s) had untolerated taint(s). preemption: …`. */
export function readFitError(message: string): { nodes: number; reasons: Record<string, number> } {
  const [, nodes, list] = /^0\/(\d+) nodes are available: (.*?)\.(?: |$)/.exec(message) ?? []
  if (nodes === undefined || list === undefined) throw new Error(`not the message of a fit error: ${message}`)
  const reasons = list.split(', ').map(part => {
    const [, count, reason] = /^(\d+) (.*)$/.exec(part) ?? []
    // A plugin that rules all nodes out before it looks at any gives no count.
    return [reason ?? part, Number(count ?? nodes)] as const
  })
  return { nodes: Number(nodes), reasons: Object.fromEntries(reasons) }
}
