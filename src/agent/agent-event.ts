import type { NodeReport } from '../report/node-report.ts'
import type { ApiFailure } from './api-failure.ts'
import type { Latch } from './latch.ts'
import type { ObservedFacts } from './observed-facts.ts'

/** Something that happened; `stream` is the number of the event stream that it belongs to. */
export type AgentEvent =
  | { readonly kind: 'tick' }
  | { readonly kind: 'streamOpened'; readonly stream: number }
  | { readonly kind: 'streamLost'; readonly stream: number; readonly why: string }
  /** containerd told of something that a report depends on. */
  | { readonly kind: 'changed'; readonly stream: number }
  /** The facts, and the containerd process before and after they were read. */
  | {
      readonly kind: 'swept'
      readonly stream: number
      readonly before: string
      readonly after: string
      readonly facts: ObservedFacts
    }
  | { readonly kind: 'sweepFailed'; readonly stream: number; readonly why: string }
  /** The Node, our report if there is one, and the latch of the state file if there is one of this boot. */
  | {
      readonly kind: 'identified'
      readonly nodeUID: string
      readonly report: NodeReport | null
      readonly savedLatch: Latch | null
    }
  | { readonly kind: 'notIdentified'; readonly failure: ApiFailure }
  | { readonly kind: 'published'; readonly sequence: number; readonly objectUID: string }
  | { readonly kind: 'refused'; readonly sequence: number; readonly failure: ApiFailure }

/** Now, and chance. */
export interface Moment {
  /** By a clock that nobody sets. */
  readonly nowMs: number
  /** Unix time, for people. */
  readonly wallMs: number
  /** From 0 to less than 1. */
  readonly random: () => number
}
