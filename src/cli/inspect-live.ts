import { GuardError } from '../errors.ts'
import type { Observation } from '../report/facts/observation.ts'

/** What to look at, and for how long. */
export interface LookOptions {
  readonly address: string
  readonly expectedSnapshotter: string
  readonly waitMs: number
  isReady(observation: Observation): boolean
}

/** What this node's daemons answer. */
export const lookAtThisNode = async ({ address }: LookOptions): Promise<Observation> => {
  throw new GuardError('SOCI_GUARD_CONTAINERD_UNREACHABLE', address)
}
