import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../e2e/cluster/api.ts'
import { podObject, podsPath } from '../../e2e/guard/pod-object.ts'
import { persistently } from '../world/persistently.ts'

/** The label and the names of the pods that the real scheduler places. */
export const SCHEDULED = { 'chaos.soci-guard.dev/load': 'scheduled' }
export const SCHEDULED_PREFIX = 'default/scheduled-'

/** A stream of pods for the scheduler. */
export interface ScheduledPods {
  /** Ends the stream, and resolves with the names of the pods that are still without a node. */
  stop(): Promise<void>
}

/** Creates a pod now and then, with a little CPU so that scoring spreads them; every one must find a node. */
export function startScheduledPods(api: Api, everyMs: number): ScheduledPods {
  let running = true
  let made = 0
  const resources = { requests: { cpu: '100m', memory: '64Mi' } }
  const spec = { containers: [{ name: 'app', image: 'registry.test/app:1', resources }] }
  const run = async () => {
    while (running) {
      const pod = podObject(`scheduled-${++made}`, { labels: SCHEDULED, spec })
      await persistently(async () => {
        const { status } = await api.send('POST', podsPath(), pod)
        if (status !== 201 && status !== 409) throw new Error(`pod ${made} was not created: ${status}`)
      })
      await sleep(everyMs)
    }
  }
  const ended = run()
  return {
    stop: async () => {
      running = false
      await ended
    },
  }
}
