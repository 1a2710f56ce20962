import type { Mode } from './mode.ts'
import type { Reason, State } from './reasons.ts'

/** Eligible nodes that are not Ready for one reason and share a mode. */
export interface CandidateGroup {
  readonly state: State
  readonly reason: Reason
  /** The nodes' own mode, before a namespace weakens it. */
  readonly mode: Mode
  readonly count: number
  /** The names of the first five of them. */
  readonly nodes: readonly string[]
}

/** What a pod would find: how many nodes the scheduler could choose, and why those that are not Ready are not, largest group first. */
export interface CandidateSummary {
  readonly eligible: number
  readonly ready: number
  readonly groups: readonly CandidateGroup[]
}
