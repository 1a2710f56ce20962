/** The conditions that a node's snapshotters can be in; what its agent writes for each is in test/e2e/cluster/reports.ts. */
export type Condition = 'Ready' | 'NotDefault' | 'Mixed' | 'Broken' | 'Unverified'

/** What an agent knows of itself and of its node at a moment. */
export interface Seat {
  node: string
  nodeUID: string
  bootID: string
  podUID: string
  /** Bound to the agent's pod, as the kubelet would mount it. */
  token: string
  condition: Condition
}

/** An order to a report writer: what is true of a node from now on, and how long it takes until the agent has noticed. */
export interface SeatOrder {
  seat: Seat
  delayMs: number
}

/** How a report writer is started. */
export interface WriterStart {
  server: string
  authorityPem: string
  renewEveryMs: number
}
