import type { Mode } from './mode.ts'
import type { Advisory, Reason, State } from './reasons.ts'

/** What was found out about one node: the state, why, and what the pool it is in wants. */
export interface NodeVerdict {
  readonly node: string
  readonly state: State
  /** '' when Ready. */
  readonly reason: Reason
  /** At most two sentences: what was found and what to do; for Ready what was found. Without the node, state or reason. */
  readonly message: string
  readonly evidence: 'report' | 'label'
  /** Name of the pool, '' when none matched. */
  readonly pool: string
  /** The pool's mode, or the configuration's where no pool matched. */
  readonly mode: Mode
  readonly expectedSnapshotter: string
  /** As the report tells it; '' when unknown or with label evidence. */
  readonly defaultSnapshotter: string
  readonly advisories: readonly Advisory[]
}
