import type { NodeReport } from '../report/node-report.ts'
import type { AgentIdentity } from './agent-identity.ts'
import type { Latch } from './latch.ts'
import type { ObservedFacts } from './observed-facts.ts'

/** What is known and under way with containerd; deadlines are in milliseconds of a clock that nobody sets. */
export interface RuntimeState {
  /** The number of the newest event stream; results that carry another number are of the past. */
  readonly stream: number
  readonly phase: 'closed' | 'opening' | 'open'
  /** When a closed stream is opened. */
  readonly openAtMs: number
  readonly openFailures: number
  readonly isSweeping: boolean
  /** Something happened while a sweep was under way. */
  readonly isOvertaken: boolean
  readonly sweepAtMs: number
  readonly lastSweepEndMs: number
  readonly sweepFailures: number
  /** Sweeps that succeeded over the stream that is open. */
  readonly sweepsOfStream: number
  /** The containerd process that the facts were read from; null while there are none of this stream. */
  readonly session: string | null
}

/** What is known and under way with the API server. */
export interface ClusterState {
  /** null until the Node was read. */
  readonly nodeUID: string | null
  /** The UID of our report, from the last answer; another one means that somebody deleted it, for example with its Node. */
  readonly objectUID: string | null
  readonly isIdentifying: boolean
  /** When the Node and our report are read (again); never when Infinity. */
  readonly identifyAtMs: number
  /** The report that is on its way. */
  readonly publication: NodeReport | null
  /** The last report that the API server took. */
  readonly published: { readonly report: NodeReport; readonly atMs: number; readonly renewAtMs: number } | null
  /** A report was sent of which nobody knows whether it was taken. */
  readonly isUncertain: boolean
  /** The API server may hold a report that says verified: true. */
  readonly mayHoldVerified: boolean
  /** Nothing is sent before. */
  readonly notBeforeMs: number
  /** The API server asked for that wait. */
  readonly isAskedToWait: boolean
  readonly failures: number
  /** What was last said about a failure, so that it is said once. */
  readonly said: string
}

/** Everything the loop knows. */
export interface AgentState {
  readonly identity: AgentIdentity
  readonly runtime: RuntimeState
  readonly cluster: ClusterState
  /** The newest facts of this boot. */
  readonly facts: ObservedFacts
  /** The last root of this boot that containerd told, '' before; the facts may be of a moment in which it did not. */
  readonly rootUUID: string
  /** True when the facts were read from the containerd that runs now, and its events have been followed since. */
  readonly verified: boolean
  /** The facts were doubted, and the API server has yet to be told so before they may be called verified again. */
  readonly mustRetract: boolean
  readonly latch: Latch | null
  /** Of the last report that was sent, or that the API server was seen to hold. */
  readonly sequence: number
}

/** What is known when the process starts. */
export const initialState = (identity: AgentIdentity, noFacts: ObservedFacts, nowMs: number): AgentState => ({
  identity,
  runtime: {
    stream: 0,
    phase: 'closed',
    openAtMs: nowMs,
    openFailures: 0,
    isSweeping: false,
    isOvertaken: false,
    sweepAtMs: nowMs,
    lastSweepEndMs: Number.NEGATIVE_INFINITY,
    sweepFailures: 0,
    sweepsOfStream: 0,
    session: null,
  },
  cluster: {
    nodeUID: null,
    objectUID: null,
    isIdentifying: false,
    identifyAtMs: nowMs,
    publication: null,
    published: null,
    isUncertain: false,
    mayHoldVerified: true,
    notBeforeMs: nowMs,
    isAskedToWait: false,
    failures: 0,
    said: '',
  },
  facts: noFacts,
  rootUUID: '',
  verified: false,
  // What an earlier life said may be out of date.
  mustRetract: true,
  latch: null,
  sequence: 0,
})
