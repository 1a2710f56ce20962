/** A taint as Kubernetes writes it; `effect` is NoSchedule, PreferNoSchedule or NoExecute. */
export interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

/** What the scheduler's static filters read of a Node, and nothing else. Labels are read with Object.hasOwn only. */
export interface SchedulingNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly unschedulable: boolean
}
