// The thin edge around next.ts: it does what the loop wants done, tells the loop what came of it, and keeps its clock.
import type { AgentAction } from './agent-action.ts'
import type { AgentCluster } from './agent-cluster.ts'
import type { AgentEvent } from './agent-event.ts'
import type { AgentIdentity } from './agent-identity.ts'
import type { AgentRecorder } from './agent-recorder.ts'
import type { AgentRuntime } from './agent-runtime.ts'
import { type AgentState, initialState } from './agent-state.ts'
import { type AskedFor, apiFailureOf } from './api-failure.ts'
import type { Latch } from './latch.ts'
import { next } from './next.ts'
import { NO_FACTS } from './observed-facts.ts'
import { dueMs } from './plan.ts'
import { reportObject } from './report-object.ts'
import { withDeadline } from './with-deadline.ts'

/** Where lines go; pino's loggers are one. */
export interface AgentLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What the loop is made of. */
export interface AgentOptions {
  readonly identity: AgentIdentity
  readonly runtime: AgentRuntime
  readonly cluster: AgentCluster
  readonly recorder: AgentRecorder
  readonly log: AgentLog
  /** Where the latch is kept beside the report. */
  readonly latchFile?: { read(): Promise<Latch | null>; write(latch: Latch): Promise<void> }
  /** A clock that nobody sets, milliseconds. */
  readonly nowMs: () => number
  /** Unix time, milliseconds. */
  readonly wallMs: () => number
  readonly random: () => number
  readonly signal: AbortSignal
}

/** A loop that runs. */
export interface Agent {
  state(): AgentState
  /** How long ago the loop last looked at what is due, milliseconds; it does so at least every ten seconds. */
  sinceTurnMs(): number
  /** Resolves when the signal was aborted; rejects when the loop has a defect and ended. */
  readonly ended: Promise<void>
}

const LONGEST_SLEEP_MS = 10_000
const SWEEP_DEADLINE_MS = 30_000

/** Starts the loop: it goes on until the signal is aborted, and leaves the last report as it is. */
export const runAgent = (options: AgentOptions): Agent => {
  const { identity, recorder, log, nowMs, wallMs, random, signal } = options
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let state = initialState(identity, NO_FACTS, nowMs())
  let turnedAtMs = nowMs()
  let timer: NodeJS.Timeout | undefined
  let following = new AbortController()
  let publishing = new AbortController()

  const dispatch = (event: AgentEvent): void => {
    if (signal.aborted) return
    try {
      const planned = next(state, event, { nowMs: nowMs(), wallMs: wallMs(), random })
      state = planned.state
      for (const action of planned.actions) perform(action)
      turnedAtMs = nowMs()
      clearTimeout(timer)
      timer = setTimeout(dispatch, sleepMs(dueMs(state) - turnedAtMs), { kind: 'tick' })
    } catch (defect) {
      stop()
      reject(defect)
    }
  }

  const perform = (action: AgentAction): void => {
    switch (action.kind) {
      case 'log':
        log[action.level](action.fields, action.message)
        break
      case 'openStream':
        following.abort()
        following = new AbortController()
        follow(action.stream, following)
        break
      case 'sweep':
        void sweep(action.stream, following.signal).then(dispatch)
        break
      case 'identify':
        void identify(signal).then(dispatch)
        break
      case 'publish':
        publishing.abort()
        publishing = new AbortController()
        void publish(action, publishing.signal).then(dispatch)
        break
      case 'saveLatch':
        options.latchFile
          ?.write(action.latch)
          .catch((error: Error) => log.warn({ why: error.message }, 'the mixed state could not be written to its file'))
    }
  }

  const follow = (stream: number, { signal: followed }: AbortController): void =>
    options.runtime.follow(
      {
        onOpened: () => dispatch({ kind: 'streamOpened', stream }),
        onChange: () => {
          recorder.changed()
          dispatch({ kind: 'changed', stream })
        },
        onLost: why => {
          recorder.streamLost()
          dispatch({ kind: 'streamLost', stream, why })
        },
      },
      followed,
    )

  const readOnce = async (until: AbortSignal) => {
    const before = await options.runtime.session(until)
    const facts = await options.runtime.inspect(until)
    return { before, facts, after: await options.runtime.session(until) }
  }

  const sweep = async (stream: number, followed: AbortSignal): Promise<AgentEvent> => {
    const startMs = nowMs()
    try {
      const read = await withDeadline(followed, SWEEP_DEADLINE_MS, readOnce)
      recorder.swept('success', nowMs() - startMs)
      return { kind: 'swept', stream, ...read }
    } catch (error) {
      // One that ended with its stream says nothing about containerd that the loss has not said.
      if (!followed.aborted) recorder.swept('failure', nowMs() - startMs)
      return { kind: 'sweepFailed', stream, why: error instanceof Error ? error.message : String(error) }
    }
  }

  const identify = async (until: AbortSignal): Promise<AgentEvent> => {
    let asked: AskedFor = 'node'
    try {
      const nodeUID = await options.cluster.readNodeUID(until)
      asked = 'own report'
      const report = await options.cluster.readReport(until)
      return { kind: 'identified', nodeUID, report, savedLatch: await savedLatch() }
    } catch (error) {
      return { kind: 'notIdentified', failure: apiFailureOf(asked, error) }
    }
  }

  const savedLatch = async (): Promise<Latch | null> => {
    try {
      return (await options.latchFile?.read()) ?? null
    } catch (error) {
      log.warn({ why: String(error) }, 'the file of the mixed state could not be read')
      return null
    }
  }

  const publish = async (
    { report }: Extract<AgentAction, { kind: 'publish' }>,
    until: AbortSignal,
  ): Promise<AgentEvent> => {
    const { sequence } = report
    try {
      const objectUID = await options.cluster.publish(reportObject(report, identity.expectedSnapshotter), until)
      recorder.publishEnded('published')
      return { kind: 'published', sequence, objectUID }
    } catch (error) {
      const failure = apiFailureOf('publication', error)
      // One that a newer report took the place of did not fail.
      if (!until.aborted) recorder.publishEnded(failure.kind)
      return { kind: 'refused', sequence, failure }
    }
  }

  const stop = (): void => {
    clearTimeout(timer)
    following.abort()
    publishing.abort()
  }
  const leave = (): void => {
    stop()
    resolve()
  }
  signal.addEventListener('abort', leave, { once: true })
  dispatch({ kind: 'tick' })
  return { state: () => state, sinceTurnMs: () => nowMs() - turnedAtMs, ended }
}

const sleepMs = (untilDueMs: number): number => Math.min(LONGEST_SLEEP_MS, Math.max(0, Math.ceil(untilDueMs)))
