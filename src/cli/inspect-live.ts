import { setTimeout as sleep } from 'node:timers/promises'
import { observe } from '../agent/observe/observe.ts'
import { createContainerdClient } from '../containerd/containerd-client.ts'
import { GuardError } from '../errors.ts'
import { CALLS } from '../report/facts/calls.ts'
import { errorOf, type Observation } from '../report/facts/observation.ts'

/** What to look at, and for how long. */
export interface LookOptions {
  readonly address: string
  readonly expectedSnapshotter: string
  readonly waitMs: number
  isReady(observation: Observation): boolean
}

const DEADLINE_MS = 5000
const LOOK_EVERY_MS = 1000

/** What this node's daemons answer, looked at until it is ready or the time is up; a GuardError when containerd does not answer. */
export const lookAtThisNode = async (options: LookOptions): Promise<Observation> => {
  const { address, expectedSnapshotter, waitMs, isReady } = options
  const client = createContainerdClient({ address })
  const endMs = performance.now() + waitMs
  try {
    for (;;) {
      const observation = await observe(client, { expectedSnapshotter, deadlineMs: DEADLINE_MS, hostRoot: '/' })
      const isAnswered = whyUnreachable(observation) === null
      if (isAnswered && isReady(observation)) return observation
      if (performance.now() + LOOK_EVERY_MS > endMs) return answered(observation, address)
      await sleep(LOOK_EVERY_MS)
    }
  } finally {
    client.close()
  }
}

// A daemon that answers nothing at all, not even its version, was not looked at.
const whyUnreachable = (observation: Observation): string | null => {
  const error = errorOf(observation, CALLS.version)
  return error !== null && errorOf(observation, CALLS.plugins) !== null ? error.message : null
}

const answered = (observation: Observation, address: string): Observation => {
  const why = whyUnreachable(observation)
  if (why === null) return observation
  const hint = /EACCES/.test(why) ? '; run it as root' : '; is containerd running, and is --address its socket?'
  throw new GuardError('SOCI_GUARD_CONTAINERD_UNREACHABLE', `containerd at ${address} does not answer: ${why}${hint}`)
}
