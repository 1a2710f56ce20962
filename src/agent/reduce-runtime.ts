// What containerd does to the state. The facts are those of one containerd process, read while its events were followed (a
// seqlock): whatever breaks that makes them doubtful until they have been read again.

import { formatRfc3339 } from '../report/format-rfc3339.ts'
import type { AgentEvent, Moment } from './agent-event.ts'
import type { AgentState, RuntimeState } from './agent-state.ts'
import { composeReport } from './compose-report.ts'
import { latchAfter } from './latch.ts'
import type { ObservedFacts } from './observed-facts.ts'
import { retryDelayMs } from './retry-delay.ts'

/** What containerd's events ask for happens at most this often. */
export const SWEEP_GAP_MS = 250
/** A pull tells of three names, one after the other within milliseconds: so long is waited for what belongs to an event. */
export const BURST_MS = 25
/** Everything is read again, whatever the events said. */
export const FULL_SWEEP_MS = 300_000
/** containerd does not say when a subscription has begun, so what happened around that moment is looked for once more. */
const SETTLE_MS = 1000
const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 2000
const FIRST_SWEEP_RETRY_MS = 1000
const LONGEST_SWEEP_RETRY_MS = 30_000

type EventOf<Kind extends AgentEvent['kind']> = Extract<AgentEvent, { kind: Kind }>

const withRuntime = (state: AgentState, runtime: Partial<RuntimeState>): AgentState => ({
  ...state,
  runtime: { ...state.runtime, ...runtime },
})

/** The same state, its facts doubted; that is published before they are believed again, and at once. */
export const doubted = (state: AgentState, { nowMs }: Moment): AgentState => {
  const { cluster, mustRetract } = state
  if (mustRetract || !cluster.mayHoldVerified) return { ...state, verified: false }
  // A wait that the API server asked for is kept; one of our own choice is not worth leaving a wrong report for.
  const notBeforeMs = cluster.isAskedToWait ? cluster.notBeforeMs : Math.min(cluster.notBeforeMs, nowMs)
  return { ...state, verified: false, mustRetract: true, cluster: { ...cluster, notBeforeMs } }
}

/** The events can be followed: everything is read. */
export const streamOpened = (state: AgentState, _event: EventOf<'streamOpened'>, { nowMs }: Moment): AgentState =>
  withRuntime(state, { phase: 'open', openFailures: 0, sweepsOfStream: 0, sweepAtMs: nowMs })

/** containerd is gone, or stopped telling: what it told is doubtful at once. */
export const streamLost = (state: AgentState, _event: EventOf<'streamLost'>, moment: Moment): AgentState => {
  const { openFailures, phase } = state.runtime
  const failures = phase === 'open' ? 1 : openFailures + 1
  const closed = withRuntime(state, {
    phase: 'closed',
    openFailures: failures,
    openAtMs: moment.nowMs + retryDelayMs(failures, FIRST_RETRY_MS, LONGEST_RETRY_MS, moment.random),
    isSweeping: false,
    isOvertaken: false,
    session: null,
  })
  return phase === 'open' ? doubted(closed, moment) : closed
}

/** Something that the report depends on changed: it is read again, but not more often than is useful. */
export const changed = (state: AgentState, _event: EventOf<'changed'>, { nowMs }: Moment): AgentState => {
  const { isSweeping, isOvertaken, sweepAtMs, lastSweepEndMs } = state.runtime
  if (isSweeping) return isOvertaken ? state : withRuntime(state, { isOvertaken: true })
  const atMs = Math.max(nowMs + BURST_MS, lastSweepEndMs + SWEEP_GAP_MS)
  return atMs < sweepAtMs ? withRuntime(state, { sweepAtMs: atMs }) : state
}

/** A sweep ended: believed when one containerd process answered all of it. */
export const swept = (state: AgentState, event: EventOf<'swept'>, moment: Moment): AgentState => {
  const { before, after, facts } = event
  if (before !== after) {
    const again = { ...sweepEnded(moment), session: null, sweepAtMs: moment.nowMs + SWEEP_GAP_MS }
    return doubted(withRuntime(state, again), moment)
  }
  const { session } = state.runtime
  const isAnother = session !== null && session !== before
  return believed(isAnother ? doubted(state, moment) : state, before, facts, moment)
}

const believed = (state: AgentState, session: string, facts: ObservedFacts, moment: Moment): AgentState => {
  const { runtime } = state
  const ended = sweepEnded(moment)
  const settled = runtime.sweepsOfStream === 0 ? SETTLE_MS : FULL_SWEEP_MS
  const next = withRuntime(state, {
    ...ended,
    session,
    sweepFailures: 0,
    sweepsOfStream: runtime.sweepsOfStream + 1,
    sweepAtMs: moment.nowMs + (runtime.isOvertaken ? SWEEP_GAP_MS : settled),
  })
  const rootUUID = facts.runtime.rootUUID || state.rootUUID
  return withLatch({ ...next, facts, rootUUID, verified: true }, moment)
}

const withLatch = (state: AgentState, { wallMs }: Moment): AgentState => {
  // The rules judge a report; who it is about makes no difference to them.
  const report = composeReport({ ...state, latch: null, cluster: { ...state.cluster, nodeUID: 'any' } })
  if (report === null) return state
  const latch = latchAfter(state.latch, report, state.identity.expectedSnapshotter, formatRfc3339(wallMs))
  return latch === state.latch ? state : { ...state, latch }
}

/** A sweep failed: what was known may be out of date, and is read again soon. */
export const sweepFailed = (state: AgentState, _event: EventOf<'sweepFailed'>, moment: Moment): AgentState => {
  const sweepFailures = state.runtime.sweepFailures + 1
  const delayMs = retryDelayMs(sweepFailures, FIRST_SWEEP_RETRY_MS, LONGEST_SWEEP_RETRY_MS, moment.random)
  return doubted(
    withRuntime(state, { ...sweepEnded(moment), sweepFailures, sweepAtMs: moment.nowMs + delayMs }),
    moment,
  )
}

const sweepEnded = ({ nowMs }: Moment): Partial<RuntimeState> => ({
  isSweeping: false,
  isOvertaken: false,
  lastSweepEndMs: nowMs,
})
