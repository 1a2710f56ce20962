import type { Api } from '../cluster/api.ts'
import { type BindOutcome, bindOutcome } from './bind-outcome.ts'

/** What a stream of binds has come to. */
export interface StreamCount {
  answers: number
  /** Answers other than the right one. */
  wrong: { node: string; outcome: BindOutcome; atMs: number }[]
  /** Binds that got no answer of ours, with the reason. */
  failed: { node: string; failure: string; atMs: number }[]
  /** The longest that one bind took. */
  slowestMs: number
}

/** A stream of binds that runs until it is stopped. */
export interface BindStream {
  readonly count: StreamCount
  stop(): Promise<StreamCount>
}

/** Binds without a pause, in several lanes, onto nodes whose right answers are known, and counts what comes. */
export function streamBinds(api: Api, right: Readonly<Record<string, 'allow' | 'deny'>>, lanes = 4): BindStream {
  const count: StreamCount = { answers: 0, wrong: [], failed: [], slowestMs: 0 }
  const startedMs = performance.now()
  const nodes = Object.entries(right)
  let running = true
  const lane = async (first: number) => {
    for (let turn = first; running; turn++) {
      const [node, want] = nodes[turn % nodes.length] as (typeof nodes)[number]
      const beforeMs = performance.now()
      const outcome = await bindOutcome(api, node)
      count.slowestMs = Math.max(count.slowestMs, performance.now() - beforeMs)
      const atMs = Math.round(performance.now() - startedMs)
      count.answers++
      if (typeof outcome === 'object') count.failed.push({ node, ...outcome, atMs })
      else if (outcome !== want) count.wrong.push({ node, outcome, atMs })
    }
  }
  const ended = Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
  return {
    count,
    stop: async () => {
      running = false
      await ended
      return count
    },
  }
}
