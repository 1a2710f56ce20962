// What already runs on violating nodes: it was there before us, or came while nothing was enforced. Found again and again, and told
// in metrics, Events and reports; nothing is ever done about a pod.

import { setTimeout } from 'node:timers/promises'
import type { ClusterView } from '../../admission/cluster-view.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { isSuspect } from '../../scan/judge-pod.ts'
import type { DirectOwner, Owner } from '../../scan/owner.ts'
import type { GradedBrake } from '../brake.ts'
import type { ControllerPart } from '../controller-part.ts'
import { failedRequest } from '../failed-request.ts'
import { createTokenBucket } from '../nodes/token-bucket.ts'
import type { VerdictFeed } from '../verdict-feed.ts'
import { type AuditCount, type Audited, createAuditCount } from './audit-count.ts'
import { findingsOf } from './audit-finding.ts'
import type { AuditRecorder } from './audit-recorder.ts'
import type { AuditTimes } from './audit-times.ts'
import { createEventLedger } from './event-ledger.ts'
import { writeEvents } from './event-writer.ts'
import { createPace } from './pace.ts'
import { createReportWriter } from './report-writer.ts'

/** Gives every running pod on the nodes to a taker, made anew when the reading begins again; it keeps no pod. */
export type ReadPods = (nodes: ReadonlySet<string>, createTaker: () => AuditCount) => Promise<AuditCount>

/** What an audit needs. */
export interface PodAuditDeps {
  readonly feed: VerdictFeed
  readonly brake: GradedBrake
  /** The cluster as of now. */
  readonly view: () => ClusterView
  /** '' for a node that is not known. */
  readonly uidOfNode: (node: string) => string
  readonly readPods: ReadPods
  /** The workloads above direct owners, by the same keys. */
  readonly findWorkloads: (owners: ReadonlyMap<string, DirectOwner>) => Promise<ReadonlyMap<string, Owner>>
  readonly connection: Pick<ApiConnection, 'readJson'>
  readonly recorder: AuditRecorder
  readonly log: AuditLog
  readonly times: AuditTimes
  readonly namespace: string
  /** The name of our pod. */
  readonly instance: string
  readonly nowMs: () => number
  readonly wallMs: () => number
}

/** Where an audit says what a person may want to know. */
export interface AuditLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

const MAX_ROWS = 20_000
const NAMES_IN_A_ROW = 3
const EVENTS_IN_A_LOOK = 200
const OBJECTS_WITH_EVENTS = 10_000
const MAX_REPORTS = 1000

/** Looks at the running pods every `times.intervalMs`, and soon after a verdict changed. */
export const createPodAudit = (deps: PodAuditDeps): ControllerPart => {
  const { feed, brake, view, recorder, log, times, nowMs } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  const ledger = createEventLedger(times, { maxEvents: EVENTS_IN_A_LOOK, maxObjects: OBJECTS_WITH_EVENTS })
  const eventPace = createPace(createTokenBucket(5, 25), nowMs, signal)
  const reports = createReportWriter({
    ...deps,
    pace: createPace(createTokenBucket(20, 50), nowMs, signal),
    discoveryMs: times.discoveryMs,
    maxReports: MAX_REPORTS,
  })
  let wake = Promise.withResolvers<void>()
  let ended: Promise<void> = Promise.resolve()
  let problem: string | null = null

  const suspects = (): Set<string> => {
    const now = view()
    const names = new Set<string>()
    for (const name of feed.names()) {
      const verdict = feed.verdictOf(name)
      if (verdict !== undefined && isSuspect(verdict, now)) names.add(name)
    }
    return names
  }

  const look = async (): Promise<Audited> => {
    const startedMs = nowMs()
    try {
      const limits = { maxRows: MAX_ROWS, keptNames: NAMES_IN_A_ROW }
      const count = await deps.readPods(suspects(), () => createAuditCount(view, limits))
      const audited = count.audited(await deps.findWorkloads(count.owners()))
      recorder.audited(audited, nowMs() - startedMs)
      return audited
    } catch (error) {
      recorder.failed(nowMs() - startedMs)
      throw error
    }
  }

  const tell = async ({ rows, leftOut }: Audited): Promise<void> => {
    const isBraked = brake.level() !== 'off'
    // Absence of evidence says more about us than about the nodes then: nothing is said for lack of it, and what was said stays.
    const told = isBraked ? rows.filter(({ state }) => state !== 'Unverified') : rows
    const results = await Promise.allSettled([
      writeEvents(findingsOf(told, deps.uidOfNode), { ...deps, ledger, pace: eventPace, signal }),
      reports.write(told, leftOut === 0 && !isBraked),
    ])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  const turn = async (): Promise<void> => {
    try {
      const audited = await look()
      if (!signal.aborted) await tell(audited)
      if (problem !== null) log.info({ part: 'audit' }, 'running pods can be audited again')
      problem = null
    } catch (error) {
      if (signal.aborted) return
      const { message } = failedRequest(error)
      // Once for each time that it begins to fail; the metric counts the rest.
      if (problem === null)
        log.warn({ part: 'audit', problem: message }, 'running pods cannot be audited; trying again')
      problem = message
    }
  }

  const rest = async (startedMs: number): Promise<void> => {
    // However often verdicts change, reading pods takes a tenth of the time at most.
    const leastMs = Math.max(times.soonMs, 10 * (nowMs() - startedMs))
    await setTimeout(leastMs, undefined, { signal, ref: false })
    const moreMs = problem === null ? Math.max(0, times.intervalMs - leastMs) : 0
    const idle = new AbortController()
    const timer = setTimeout(moreMs, undefined, { signal: AbortSignal.any([signal, idle.signal]), ref: false })
    await Promise.race([timer, wake.promise]).finally(() => {
      idle.abort()
      timer.catch(() => {})
    })
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const startedMs = nowMs()
      wake = Promise.withResolvers<void>()
      await turn()
      // Only the end of all wakes a rest with an error.
      await rest(startedMs).catch(() => {})
    }
  }

  return {
    name: 'audit',
    start: () => {
      const unsubscribe = feed.subscribe(() => wake.resolve())
      signal.addEventListener('abort', unsubscribe, { once: true })
      ended = run()
    },
    remarks: () => (problem === null ? [] : [`running pods cannot be audited: ${problem}`]),
    stop: async () => {
      stopping.abort()
      await Promise.race([ended, setTimeout(times.stopMs, undefined, { ref: false })])
    },
  }
}
