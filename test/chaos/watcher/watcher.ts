import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Terms, Verdict } from './judge-placements.ts'

/** What the watcher needs to know to come to its verdict. */
export interface FinishRequest {
  auditLog: string
  outageFraction: number
  terms: Terms
  /** `namespace/name` of the pods that the real scheduler places begins with it. */
  scheduledPrefix: string
}

/** What the watcher saw. */
export interface WatcherReport {
  /** Revisions of nodes, reports and pods. */
  changes: number
  /** Requests to place a pod, and how many of them were refused. */
  requests: number
  refused: number
  truthChanges: number
  /** When most of the nodes were unverified; without an end when it lasts. */
  outages: { fromMs: number; toMs: number | undefined }[]
  verdict: Verdict
  scheduled: { placed: number; longestWaitMs: number; stuck: string[] }
}

/** What the process sends. */
export type WatcherAnswer = { kind: 'report'; report: WatcherReport } | { kind: 'failed'; message: string }

/** The independent watcher, in a process of its own. */
export interface Watcher {
  /** Ends the watching and judges all that was placed since the start of the cluster. */
  finish(request: FinishRequest): Promise<WatcherReport>
  stop(): void
}

/** Starts the watcher; a failure of its watch fails `finish`. */
export function startWatcher(): Watcher {
  const child = fork(join(import.meta.dirname, 'watcher-process.ts'), { execArgv: [] })
  const answered = once(child, 'message').then(([answer]) => answer as WatcherAnswer)
  const exited = once(child, 'exit').then(([code]): WatcherAnswer => ({ kind: 'failed', message: `exit code ${code}` }))
  return {
    finish: async request => {
      child.send(request)
      const answer = await Promise.race([answered, exited])
      child.kill('SIGKILL')
      if (answer.kind === 'failed') throw new Error(`the watcher failed: ${answer.message}`)
      return answer.report
    },
    stop: () => void child.kill('SIGKILL'),
  }
}
