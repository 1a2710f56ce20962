// What the API server does to the state.
import type { NodeReport } from '../report/node-report.ts'
import type { AgentEvent, Moment } from './agent-event.ts'
import type { AgentState, ClusterState } from './agent-state.ts'
import { type ApiFailure, doubtsIdentity } from './api-failure.ts'
import { isOtherRoot, type Latch, restoredLatch } from './latch.ts'
import { factsOf, NO_FACTS } from './observed-facts.ts'
import { retryDelayMs } from './retry-delay.ts'

/** A report is renewed after at most this long, a fifth of it taken off at random. */
export const RENEWAL_MS = 60_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

/** A life's first number is so far beyond what the API server holds. */
const LIFE_GAP = 1000

type EventOf<Kind extends AgentEvent['kind']> = Extract<AgentEvent, { kind: Kind }>

const withCluster = (state: AgentState, cluster: Partial<ClusterState>): AgentState => ({
  ...state,
  cluster: { ...state.cluster, ...cluster },
})

/** The Node and our own report were read: numbers go on from there, and so do the latch and the last facts of this boot. */
export const identified = (state: AgentState, event: EventOf<'identified'>, { nowMs }: Moment): AgentState => {
  const { nodeUID, report, savedLatch } = event
  const known = withCluster(state, {
    nodeUID,
    isIdentifying: false,
    identifyAtMs: Number.POSITIVE_INFINITY,
    // A refused publication keeps its own wait.
    notBeforeMs: Math.max(state.cluster.notBeforeMs, nowMs),
  })
  const earlier = restoredLatch(report, state.identity.bootID) ?? savedLatch
  const facts = restoredFacts(known, report)
  const rootUUID = state.rootUUID || facts.runtime.rootUUID || (earlier?.rootUUID ?? '')
  const latch = earlierLatch({ ...known, rootUUID }, earlier)
  return { ...known, facts, rootUUID, latch, sequence: Math.max(state.sequence, lastNumber(state, report)) }
}

// What an earlier life had on its way when it ended may still arrive. It has a number that this life has left behind by then.
const lastNumber = (state: AgentState, report: NodeReport | null): number => {
  if (report === null) return 0
  return report.agent.podUID === state.identity.podUID && state.sequence > 0
    ? report.sequence
    : report.sequence + LIFE_GAP
}

const restoredFacts = (state: AgentState, report: NodeReport | null) =>
  state.facts === NO_FACTS && report?.bootID === state.identity.bootID ? factsOf(report) : state.facts

// What an earlier life saw came first, whatever we have seen since; unless it was of another root.
const earlierLatch = ({ rootUUID, latch }: AgentState, earlier: Latch | null): Latch | null => {
  if (earlier === null || isOtherRoot(earlier.rootUUID, rootUUID)) return latch
  if (latch?.mixed.since === earlier.mixed.since && latch.mixed.reason === earlier.mixed.reason) return latch
  return { ...earlier, rootUUID: earlier.rootUUID || rootUUID }
}

/** The Node or our own report could not be read: asked again later. */
export const notIdentified = (state: AgentState, event: EventOf<'notIdentified'>, moment: Moment): AgentState => {
  const failed = afterFailure(state, event.failure, moment)
  return withCluster(failed, {
    isIdentifying: false,
    identifyAtMs: failed.cluster.notBeforeMs,
    // A report would be owned by a Node that is no more.
    nodeUID: event.failure.kind === 'nodeMissing' ? null : state.cluster.nodeUID,
  })
}

/** The API server took a report. */
export const published = (state: AgentState, event: EventOf<'published'>, moment: Moment): AgentState => {
  const { publication, objectUID } = state.cluster
  if (publication?.sequence !== event.sequence) return state
  const { nowMs, random } = moment
  const wasDeleted = objectUID !== null && objectUID !== event.objectUID
  const taken = withCluster(state, {
    publication: null,
    published: { report: publication, atMs: nowMs, renewAtMs: nowMs + RENEWAL_MS * (1 - random() / 5) },
    objectUID: event.objectUID,
    failures: 0,
    said: '',
    isUncertain: false,
    // Whatever was sent before has a smaller number, and is refused should it still arrive.
    mayHoldVerified: publication.verified,
    notBeforeMs: nowMs,
    isAskedToWait: false,
    identifyAtMs: wasDeleted ? nowMs : state.cluster.identifyAtMs,
  })
  return publication.verified ? taken : { ...taken, mustRetract: false }
}

/** The API server refused a report, or did not answer: it may have taken it all the same. */
export const refused = (state: AgentState, event: EventOf<'refused'>, moment: Moment): AgentState => {
  if (state.cluster.publication?.sequence !== event.sequence) return state
  const failed = withCluster(afterFailure(state, event.failure, moment), { publication: null })
  if (!doubtsIdentity(event.failure)) return failed
  const isFirst = failed.cluster.failures === 1
  // The first time is an accident that a second look mends at once.
  return withCluster(failed, {
    notBeforeMs: isFirst ? moment.nowMs : failed.cluster.notBeforeMs,
    identifyAtMs: isFirst ? moment.nowMs : failed.cluster.notBeforeMs,
  })
}

const afterFailure = (state: AgentState, { message, retryAfterMs }: ApiFailure, moment: Moment): AgentState => {
  const failures = state.cluster.failures + 1
  const ownMs = retryDelayMs(failures, FIRST_RETRY_MS, LONGEST_RETRY_MS, moment.random)
  // As long as we are asked to wait and a little more, so that not all nodes are back in the same moment.
  const delayMs = retryAfterMs === null ? ownMs : retryAfterMs * (1 + moment.random() / 5) + 1
  return withCluster(state, {
    failures,
    said: message,
    notBeforeMs: moment.nowMs + delayMs,
    isAskedToWait: retryAfterMs !== null,
  })
}
