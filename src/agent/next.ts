import type { AgentAction } from './agent-action.ts'
import type { AgentEvent, Moment } from './agent-event.ts'
import type { AgentState } from './agent-state.ts'
import { type Planned, plan } from './plan.ts'
import { identified, notIdentified, published, refused } from './reduce-cluster.ts'
import { changed, streamLost, streamOpened, sweepFailed, swept } from './reduce-runtime.ts'
import { remarksOn } from './remarks.ts'

/** What the loop knows after an event, and what it does about it; the whole behaviour of the agent is in here. */
export const next = (state: AgentState, event: AgentEvent, moment: Moment): Planned => {
  const reduced = reduce(state, event, moment)
  const { state: planned, actions } = plan(reduced, moment)
  return { state: planned, actions: [...remarksOn(event, state, planned), ...savedLatch(state, planned), ...actions] }
}

const savedLatch = (before: AgentState, { latch }: AgentState): AgentAction[] =>
  latch === null || latch === before.latch ? [] : [{ kind: 'saveLatch', latch }]

const reduce = (state: AgentState, event: AgentEvent, moment: Moment): AgentState => {
  // What a stream that is no more still has to say is about a containerd that may be no more.
  if ('stream' in event && !isCurrent(state, event)) return state
  switch (event.kind) {
    case 'tick':
      return state
    case 'streamOpened':
      return streamOpened(state, event, moment)
    case 'streamLost':
      return streamLost(state, event, moment)
    case 'changed':
      return changed(state, event, moment)
    case 'swept':
      return swept(state, event, moment)
    case 'sweepFailed':
      return sweepFailed(state, event, moment)
    case 'identified':
      return identified(state, event, moment)
    case 'notIdentified':
      return notIdentified(state, event, moment)
    case 'published':
      return published(state, event, moment)
    case 'refused':
      return refused(state, event, moment)
  }
}

const isCurrent = ({ runtime }: AgentState, event: { readonly stream: number; readonly kind: string }): boolean => {
  if (event.stream !== runtime.stream || runtime.phase === 'closed') return false
  return event.kind === 'streamOpened' || event.kind === 'streamLost' || runtime.phase === 'open'
}
