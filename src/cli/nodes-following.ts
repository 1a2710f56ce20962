import type { Roster } from '../policy/roster.ts'
import type { Io } from './io.ts'

/** A roster to keep in step with a cluster until the signal. */
export interface Following {
  readonly roster: Roster
  nowMs(): number
  readonly reportTTLMs: number
  /** What cannot be followed is told on its stderr. */
  readonly io: Io
  readonly signal: AbortSignal
}
