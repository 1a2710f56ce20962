// Keeps every Node's taint, label and condition at what its verdict says. The verdicts come from the feed and the Nodes from the same
// watch, so a mark that somebody else removes comes back.

import type { GuardConfiguration } from '../../policy/configuration.ts'
import type { NodeFacts } from '../../policy/node-facts.ts'
import type { NodeVerdict } from '../../policy/node-verdict.ts'
import { refuses } from '../../policy/refuses.ts'
import type { Roster } from '../../policy/roster.ts'
import { formatRfc3339 } from '../../report/format-rfc3339.ts'
import type { GradedBrake } from '../brake.ts'
import type { ControllerPart } from '../controller-part.ts'
import { failedRequest } from '../failed-request.ts'
import type { VerdictFeed } from '../verdict-feed.ts'
import { type DesiredMarks, desiredMarks } from './desired-marks.ts'
import { createMarkDispatcher } from './mark-dispatcher.ts'
import { type DueMarks, MARK_PARTS } from './mark-lanes.ts'
import { conditionPatch, taintAndLabelPatch } from './mark-patches.ts'
import type { NodeApi } from './node-api.ts'
import { marksOf } from './node-marks.ts'
import { withMarks } from './with-marks.ts'
import { type MarkPart, writeMarks } from './write-marks.ts'

/** Where it is told what was written. */
export interface NodeMarkRecorder {
  markWritten(part: MarkPart, result: 'written' | 'unchanged' | 'gone' | 'failed'): void
  /** From when a part had to be written until it was. */
  markDelayed(part: MarkPart, delayMs: number): void
}

/** What keeping marks needs. */
export interface NodeMarkerOptions {
  readonly api: NodeApi
  readonly feed: VerdictFeed
  readonly roster: Pick<Roster, 'factsOf' | 'reportMovedAtMs'>
  readonly configuration: () => GuardConfiguration
  readonly brake: GradedBrake
  readonly recorder: NodeMarkRecorder
  readonly log: { warn(fields: object, message: string): void }
  readonly writesPerSecond: number
  /** A clock that nobody sets. */
  readonly nowMs: () => number
  /** The time of day. */
  readonly wallMs: () => number
  readonly random: () => number
}

/** A part of the controller, with what its metrics tell. */
export interface NodeMarker extends ControllerPart {
  queued(part: MarkPart): number
}

// Lack of evidence seldom comes alone: before the first node is tainted for it, the brake must have seen the others.
const GATHER_MS = 300
const LOOK_EVERY_MS = 1000
const SWEEP_EVERY_MS = 60_000
const SWEPT_AT_ONCE = 500

/** Marks no Node before `start`. */
export const createNodeMarker = (options: NodeMarkerOptions): NodeMarker => {
  const { api, feed, roster, configuration, brake, recorder, log, nowMs } = options
  // What was written and the watch has not told yet, with the facts over which it was.
  const written = new Map<string, { readonly over: NodeFacts; readonly as: NodeFacts }>()
  const ends: (() => void)[] = []
  let startedAtMs = Number.POSITIVE_INFINITY

  const seen = (name: string): NodeFacts | undefined => {
    const facts = roster.factsOf(name)
    const own = written.get(name)
    if (own === undefined || own.over === facts) return own?.as ?? facts
    written.delete(name)
    return facts
  }

  // Whatever was listed first may be the last word of an agent that is gone: only what moves since, or lasts, is confirmed.
  const isConfirmed = ({ node, evidence }: NodeVerdict): boolean =>
    evidence === 'label' ||
    (roster.reportMovedAtMs(node) ?? 0) > startedAtMs ||
    nowMs() - startedAtMs > configuration().reportTTLMs

  const desireFor =
    (verdict: NodeVerdict) =>
    (facts: NodeFacts): DesiredMarks =>
      desiredMarks({
        verdict,
        isRefused: refuses(verdict, configuration()),
        isConfirmed: isConfirmed(verdict),
        brake: brake.level(),
        marks: marksOf(facts),
      })

  const isNeeded = (name: string, part: MarkPart): boolean => {
    const facts = seen(name)
    const verdict = feed.verdictOf(name)
    if (facts === undefined || verdict === undefined) return false
    const desired = desireFor(verdict)(facts)
    return part === 'node'
      ? taintAndLabelPatch(facts, desired) !== null
      : conditionPatch(facts, desired.condition, '') !== null
  }

  const check = (name: string, isNew: boolean): void => {
    const notBeforeMs = nowMs() + (feed.verdictOf(name)?.state === 'Unverified' ? GATHER_MS : 0)
    for (const part of MARK_PARTS) {
      if (isNeeded(name, part)) dispatcher.add(name, part, isNew, notBeforeMs)
      else dispatcher.remove(name, part)
    }
  }

  const write = async ({ name, part, sinceMs }: DueMarks): Promise<void> => {
    const over = roster.factsOf(name)
    const facts = seen(name)
    const verdict = feed.verdictOf(name)
    if (over === undefined || facts === undefined || verdict === undefined) return
    const time = formatRfc3339(options.wallMs())
    const desire = (at: NodeFacts): DesiredMarks => desireFor(feed.verdictOf(name) ?? verdict)(at)
    const done = await writeMarks(api, { part, facts, desire, time })
    recorder.markWritten(part, done.result)
    if (done.result === 'written') recorder.markDelayed(part, nowMs() - sinceMs)
    if (roster.factsOf(name) !== over) return
    // Until the watch takes it away, nothing more is to be done about a Node that is gone.
    const now = done.result === 'gone' ? withMarks(facts, desire(facts)) : done.facts
    // The other part may have been written meanwhile; what of it was read here is older or the same.
    written.set(name, { over, as: merged(part, seen(name) ?? now, now) })
  }

  const dispatcher = createMarkDispatcher({
    writesPerSecond: options.writesPerSecond,
    isNeeded: ({ name, part }) => isNeeded(name, part),
    write,
    ended: name => check(name, false),
    failed: ({ name, part }, error) => {
      const { statusCode, message } = failedRequest(error)
      recorder.markWritten(part, 'failed')
      log.warn({ node: name, part, statusCode, problem: message }, 'a node could not be marked; it is tried again')
    },
    nowMs,
    random: options.random,
  })

  const sweep = (): void => {
    const names = [...feed.names()]
    let at = 0
    const some = (): void => {
      for (const name of names.slice(at, at + SWEPT_AT_ONCE)) check(name, false)
      at += SWEPT_AT_ONCE
      if (at < names.length && ends.length > 0) setImmediate(some)
    }
    some()
  }

  const watchTime = (): void => {
    let level = brake.level()
    let sweptAtMs = nowMs()
    let settled = false
    const timer = setInterval(() => {
      const settles = !settled && nowMs() - startedAtMs > configuration().reportTTLMs
      settled ||= settles
      const isOther = brake.level() !== level
      level = brake.level()
      if (!settles && !isOther && nowMs() - sweptAtMs < SWEEP_EVERY_MS) return
      sweptAtMs = nowMs()
      sweep()
    }, LOOK_EVERY_MS)
    timer.unref()
    ends.push(() => clearInterval(timer))
  }

  return {
    name: 'nodes',
    start: () => {
      startedAtMs = nowMs()
      ends.push(
        feed.subscribe(name => check(name, true)),
        feed.subscribeAll(name => check(name, false)),
      )
      watchTime()
      sweep()
    },
    stop: async () => {
      for (const end of ends.splice(0)) end()
      await dispatcher.stop()
    },
    queued: dispatcher.queued,
  }
}

const merged = (part: MarkPart, known: NodeFacts, now: NodeFacts): NodeFacts => {
  if (part === 'node') return { ...known, labels: now.labels, taints: now.taints }
  const { snapshotterReady: _before, ...rest } = known
  return now.snapshotterReady === undefined ? rest : { ...rest, snapshotterReady: now.snapshotterReady }
}
