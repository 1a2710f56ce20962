import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../e2e/cluster/api.ts'
import { podObject, podsPath } from '../../e2e/guard/pod-object.ts'

/** Namespaces in which nothing may ever be held up. */
export const NEVER_HELD_UP = ['kube-system', 'soci-guard-system'] as const

/** What came of the pods that must never be held up. */
export interface SystemPods {
  readonly placed: number
  /** Refusals and errors of the API server that came while it was running. */
  readonly heldUp: readonly string[]
  /** The longest that one bind took that got through. */
  readonly slowestMs: number
  stop(): Promise<void>
}

const PAUSE_MS = 150

/** Binds pods of the system's and our own namespace, mostly onto nodes that are bad: each must be taken at once, whatever is down. */
export function startSystemPods(api: Api, choose: () => string): SystemPods {
  const heldUp: string[] = []
  let placed = 0
  let slowestMs = 0
  let running = true

  const place = async (namespace: string, name: string, node: string) => {
    const pods = podsPath(namespace)
    await api.create(pods, podObject(name, { namespace, spec: { schedulerName: 'nobody' } }))
    const startMs = performance.now()
    const { status, body } = await api.bind(namespace, name, node)
    slowestMs = Math.max(slowestMs, performance.now() - startMs)
    if (status === 201) placed++
    else heldUp.push(`${namespace}/${name} on ${node}: ${status} ${JSON.stringify(body).slice(0, 300)}`)
    await api.delete(`${pods}/${name}`)
  }
  const run = async () => {
    for (let made = 1; running; made++) {
      const namespace = NEVER_HELD_UP[made % NEVER_HELD_UP.length] as string
      // Without an answer the API server is away, and nothing is said about us.
      await place(namespace, `system-${made}`, choose()).catch(() => undefined)
      await sleep(PAUSE_MS)
    }
  }
  const ended = run()
  return {
    get placed() {
      return placed
    },
    get slowestMs() {
      return slowestMs
    },
    heldUp,
    stop: async () => {
      running = false
      await ended
    },
  }
}
