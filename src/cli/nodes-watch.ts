import { setTimeout } from 'node:timers/promises'
import type { Settings } from '../config/settings.ts'
import { createRoster } from '../policy/roster.ts'
import type { TextSelector } from '../scheduling/parse-selector-text.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { untilStopped } from './lifetime.ts'
import { createNodeChanges } from './nodes-changes.ts'
import type { Following } from './nodes-following.ts'
import { createNodesPrinter } from './nodes-printer.ts'
import { readConfigurationOnce } from './one-time-view.ts'

const LOOK_EVERY_MS = 500

// A clock that nobody sets: a report must not go stale because the time of day was corrected.
const nowMs = (): number => performance.now()

/** `soci-guard nodes --watch`: every node, and again each one whose verdict changes, until a signal. */
export const watchNodes = async (settings: Settings<'nodes'>, selector: TextSelector, io: Io): Promise<ExitCode> => {
  const stopping = new AbortController()
  const { signal } = stopping
  void untilStopped(io).then(() => stopping.abort())
  const configuration = await readConfigurationOnce(settings.config)
  const roster = createRoster(configuration)
  try {
    await follow(settings, { roster, nowMs, reportTTLMs: configuration.reportTTLMs, io, signal })
    const changes = createNodeChanges(roster, selector)
    const print = createNodesPrinter(settings, roster, io)
    while (!signal.aborted) {
      roster.advance(nowMs())
      print(changes(nowMs()))
      await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
    return 0
  } finally {
    stopping.abort()
  }
}

const follow = async (settings: Settings<'nodes'>, following: Following): Promise<void> => {
  const { inventory } = settings
  if (inventory === undefined) return (await import('./nodes-follow-cluster.ts')).followCluster(settings, following)
  return (await import('./nodes-follow-file.ts')).followFile(inventory, following)
}
