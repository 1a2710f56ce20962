import type { Api } from '../../e2e/cluster/api.ts'
import type { DaemonProcess } from '../../e2e/cluster/daemon-process.ts'
import { processUsage } from '../../e2e/cluster/process-usage.ts'
import { REPORTS } from '../../e2e/cluster/reports.ts'
import { directClient } from '../../e2e/faults/direct-review.ts'

/** What one start measured, from exec on. */
export interface StartRound {
  /** Until the first right answers about a good and every bad node. */
  firstRightMs: number
  /** Answers other than the right one, until two seconds after the first. */
  wrong: number
  /** The longest that a request took once the process listened: what it did beside answering. */
  longestStallMs: number
  cpuMs: number
  peakMB: number
  restMB: number
}

const PROBE_EVERY_MS = 3
const WATCH_FOR_MS = 2_000
const DEADLINE_MS = 120_000

/** Starts the process, asks it every few milliseconds from exec on, and leaves it running. */
export async function startRound(
  start: () => DaemonProcess,
  right: Readonly<Record<string, 'allow' | 'deny'>>,
): Promise<{ round: StartRound; daemon: DaemonProcess }> {
  const nodes = Object.entries(right)
  const client = directClient('127.0.0.1')
  const startedMs = performance.now()
  const daemon = start()
  const seen = new Set<string>()
  const round: StartRound = { firstRightMs: 0, wrong: 0, longestStallMs: 0, cpuMs: 0, peakMB: 0, restMB: 0 }
  let endMs = startedMs + DEADLINE_MS
  for (let turn = 0; performance.now() < endMs; turn++) {
    const [node, want] = nodes[turn % nodes.length] as (typeof nodes)[number]
    const beforeMs = performance.now()
    const outcome = await client.review(node)
    const nowMs = performance.now()
    const isRefused = typeof outcome === 'object' && !/^5/.test(outcome.failure)
    if (!isRefused) round.longestStallMs = Math.max(round.longestStallMs, nowMs - beforeMs)
    if (typeof outcome !== 'object' && outcome !== want) round.wrong++
    if (outcome === want && seen.add(node).size === nodes.length && round.firstRightMs === 0) {
      round.firstRightMs = nowMs - startedMs
      round.cpuMs = processUsage(daemon.pid).cpuMs
      endMs = nowMs + WATCH_FOR_MS
    }
    await new Promise(resolve => setTimeout(resolve, PROBE_EVERY_MS))
  }
  client.close()
  if (round.firstRightMs === 0) throw new Error(`no right answers within ${DEADLINE_MS} ms: ${daemon.logPath}`)
  const usage = processUsage(daemon.pid)
  round.peakMB = usage.peakRssBytes / 2 ** 20
  round.restMB = usage.rssBytes / 2 ** 20
  return { round, daemon }
}

/** How long the API server takes to send all nodes and reports to a client that only looks for the end. */
export async function serverOwnMs(api: Api): Promise<number> {
  const startMs = performance.now()
  await Promise.all(['/api/v1/nodes', REPORTS].map(path => drain(api, path)))
  return performance.now() - startMs
}

async function drain(api: Api, path: string): Promise<void> {
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  const stop = new AbortController()
  const response = await api.open('GET', `${path}?${query}`, undefined, undefined, stop.signal)
  try {
    for await (const chunk of response) if ((chunk as Buffer).includes('k8s.io/initial-events-end')) return
  } finally {
    response.on('error', () => undefined)
    stop.abort()
  }
}
