import type { Observation } from '../../report/facts/observation.ts'

/** An observation, and what it would take to tell what has changed since. */
export interface Observed {
  readonly observation: Observation
  /** Digests that were asked for one by one, on the node or not. */
  readonly digests: ReadonlySet<string>
  /** Snapshots that were looked for in every list, there or not. */
  readonly chainIDs: ReadonlySet<string>
}
