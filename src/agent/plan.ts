// What is to be done, from what is known alone: whatever was missed is made up for at the next look.

import { formatRfc3339 } from '../report/format-rfc3339.ts'
import type { AgentAction } from './agent-action.ts'
import type { Moment } from './agent-event.ts'
import type { AgentState } from './agent-state.ts'
import { composeReport } from './compose-report.ts'
import { publishDueMs } from './publish-due.ts'

/** A state and what is to be done about it. */
export interface Planned {
  readonly state: AgentState
  readonly actions: readonly AgentAction[]
}

type Step = (state: AgentState, moment: Moment) => Planned

const idle = (state: AgentState): Planned => ({ state, actions: [] })

// The order is that of the actions: a doubt is told before containerd is asked again.
const publish: Step = (state, moment) => {
  const report = composeReport(state)
  if (report === null || publishDueMs(state, report) > moment.nowMs) return idle(state)
  const sequence = state.sequence + 1
  const publication = { ...report, sequence, renewTime: formatRfc3339(moment.wallMs) }
  const mayHoldVerified = state.cluster.mayHoldVerified || report.verified
  return {
    state: { ...state, sequence, cluster: { ...state.cluster, publication, isUncertain: true, mayHoldVerified } },
    actions: [{ kind: 'publish', report: publication }],
  }
}

const identify: Step = (state, { nowMs }) => {
  const { cluster } = state
  if (cluster.isIdentifying || cluster.publication !== null || cluster.identifyAtMs > nowMs) return idle(state)
  return { state: { ...state, cluster: { ...cluster, isIdentifying: true } }, actions: [{ kind: 'identify' }] }
}

const openStream: Step = (state, { nowMs }) => {
  const { runtime } = state
  if (runtime.phase !== 'closed' || runtime.openAtMs > nowMs) return idle(state)
  const stream = runtime.stream + 1
  return {
    state: { ...state, runtime: { ...runtime, stream, phase: 'opening' } },
    actions: [{ kind: 'openStream', stream }],
  }
}

const sweep: Step = (state, { nowMs }) => {
  const { runtime } = state
  if (runtime.phase !== 'open' || runtime.isSweeping || runtime.sweepAtMs > nowMs) return idle(state)
  return {
    state: { ...state, runtime: { ...runtime, isSweeping: true, isOvertaken: false } },
    actions: [{ kind: 'sweep', stream: runtime.stream }],
  }
}

const STEPS: readonly Step[] = [publish, identify, openStream, sweep]

/** Everything that is due. */
export const plan = (state: AgentState, moment: Moment): Planned =>
  STEPS.reduce<Planned>((before, step) => {
    const after = step(before.state, moment)
    return after.actions.length === 0 ? before : { state: after.state, actions: [...before.actions, ...after.actions] }
  }, idle(state))

/** When there is something to do again although nothing happens; Infinity when there is not. */
export const dueMs = (state: AgentState): number => {
  const { runtime, cluster } = state
  return Math.min(
    publishDueMs(state, composeReport(state)),
    cluster.isIdentifying || cluster.publication !== null ? Number.POSITIVE_INFINITY : cluster.identifyAtMs,
    runtime.phase === 'closed' ? runtime.openAtMs : Number.POSITIVE_INFINITY,
    runtime.phase === 'open' && !runtime.isSweeping ? runtime.sweepAtMs : Number.POSITIVE_INFINITY,
  )
}
