// Keeps BlockedNodes on the API server as the verdicts are: all changes of a second in one write for each object.

import type { GuardConfiguration } from '../../policy/configuration.ts'
import type { Brake } from '../brake.ts'
import type { ControllerPart } from '../controller-part.ts'
import { failedRequest } from '../failed-request.ts'
import type { VerdictFeed } from '../verdict-feed.ts'
import { type BackstopRules, backstopRules } from './backstop-rules.ts'
import type { BlockedNodesRecorder } from './blocked-nodes-recorder.ts'
import type { BlockedNodesStore } from './blocked-nodes-store.ts'
import { buildShards } from './build-shards.ts'
import { createDesiredEntries } from './desired-entries.ts'
import { createPacedLoop } from './paced-loop.ts'
import { planWrites } from './plan-writes.ts'

/** What the keeper works with. */
export interface BlockedNodesKeeperDeps {
  /** Of the signal that `stop` aborts. */
  readonly store: (signal: AbortSignal) => BlockedNodesStore
  readonly feed: Pick<VerdictFeed, 'subscribe' | 'names' | 'verdictOf'>
  readonly brake: Brake
  readonly configuration: () => GuardConfiguration
  readonly recorder: BlockedNodesRecorder
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** A clock that nobody sets, milliseconds. */
  readonly nowMs: () => number
  readonly random: () => number
  /** Other than BLOCKED_NODES_TIMES for tests only. */
  readonly times?: Partial<typeof BLOCKED_NODES_TIMES>
}

/** Milliseconds. */
export const BLOCKED_NODES_TIMES = {
  /** From one round of writes to the next, at least; also how often the brake and the configuration are looked at. */
  roundMs: 1000,
  /** How often it is seen to that the objects are still as we left them. */
  verifyMs: 30_000,
  longestRetryMs: 30_000,
}

const NOT_SERVED = 'BlockedNodes is not served here: the policy inside the API server has nothing to go by'

interface Seen {
  readonly configuration: GuardConfiguration
  readonly isBraked: boolean
}

interface Published {
  readonly text: string
  readonly version: string
}

/** A keeper that has not begun; to be started when every kind of the inventory has been listed. */
export const createBlockedNodesKeeper = (deps: BlockedNodesKeeperDeps): ControllerPart => {
  const { feed, brake, configuration, recorder, log, nowMs } = deps
  const times = { ...BLOCKED_NODES_TIMES, ...deps.times }
  const stopping = new AbortController()
  const store = deps.store(stopping.signal)
  const desired = createDesiredEntries(feed)
  const changedNames = new Set<string>()
  // What the API server has, as far as we know; null before it was asked.
  let there: Map<string, Published> | null = null
  let verifiedAtMs = 0
  let isDue = true
  let seen: Seen | null = null
  let trouble: string | null = null

  const adopt = async (): Promise<Map<string, Published>> => {
    const objects = await store.readEntries()
    for (const entries of objects.values()) desired.adopt(entries)
    verifiedAtMs = nowMs()
    return new Map([...objects.keys()].map(name => [name, UNKNOWN]))
  }

  // Whoever changed or deleted one of the objects, it is written again.
  const verify = async (known: Map<string, Published>): Promise<void> => {
    const versions = await store.readVersions()
    verifiedAtMs = nowMs()
    const differing = [...new Set([...known.keys(), ...versions.keys()])].filter(
      name => versions.get(name) !== known.get(name)?.version,
    )
    for (const name of differing) {
      if (versions.has(name)) known.set(name, UNKNOWN)
      else known.delete(name)
    }
    if (differing.length > 0) isDue = true
    else if (!isDue) recorder.published({ nodes: desired.entries.size, objects: known.size, writes: 0 })
  }

  const renew = (): Seen => {
    const now: Seen = { configuration: configuration(), isBraked: brake.reason() !== null }
    const isOther = now.configuration !== seen?.configuration || now.isBraked !== seen.isBraked
    const names = isOther ? 'all' : [...changedNames]
    changedNames.clear()
    if (desired.renew(names, now.configuration, now.isBraked) || isOther) isDue = true
    seen = now
    return now
  }

  const write = async (known: Map<string, Published>, rules: BackstopRules): Promise<number> => {
    const wanted = buildShards({ entries: desired.entries, rules }, known.size)
    const writes = planWrites(wanted, new Map([...known].map(([name, { text }]) => [name, text])))
    for (const step of writes) {
      // Whatever comes of it, it is not as it was.
      known.set(step.name, UNKNOWN)
      if (step.kind === 'delete') {
        await store.remove(step.name)
        known.delete(step.name)
      } else known.set(step.name, { text: step.text, version: await store.apply(step.name, step.text) })
    }
    recorder.published({ nodes: desired.entries.size, objects: wanted.size, writes: writes.length })
    return writes.length
  }

  const turn = async (): Promise<{ readonly hasWritten: boolean }> => {
    there ??= await adopt()
    if (nowMs() - verifiedAtMs >= times.verifyMs) await verify(there)
    const { configuration: current } = renew()
    if (!isDue) return { hasWritten: false }
    isDue = false
    try {
      const count = await write(there, backstopRules(current))
      settled()
      return { hasWritten: count > 0 }
    } catch (error) {
      isDue = true
      throw error
    }
  }

  const settled = (): void => {
    if (trouble !== null) log.info({ nodes: desired.entries.size }, 'BlockedNodes is kept')
    trouble = null
  }

  const failed = (error: unknown): void => {
    if (stopping.signal.aborted) return
    recorder.failed()
    const { statusCode, message } = failedRequest(error)
    const said = statusCode === 404 ? NOT_SERVED : `BlockedNodes cannot be kept: ${message}`
    if (said !== trouble) log.warn({ nodes: desired.entries.size }, said)
    trouble = said
  }

  const loop = createPacedLoop({ turn, failed, random: deps.random, times, signal: stopping.signal })
  const unsubscribe = feed.subscribe(name => {
    changedNames.add(name)
    loop.wake()
  })

  return {
    name: 'blocked nodes',
    start: () => loop.start(),
    stop: async () => {
      unsubscribe()
      stopping.abort()
      await loop.ended()
    },
    remarks: () => (trouble === null ? [] : [trouble]),
  }
}

const UNKNOWN: Published = { text: '', version: '' }
