import { setTimeout as sleep } from 'node:timers/promises'
import type { Api, ApiAnswer } from '../../e2e/cluster/api.ts'
import { podObject, podsPath } from '../../e2e/guard/pod-object.ts'
import type { Random } from '../random.ts'

/** What the binders have come to; each answer is counted once. */
export interface BindCount {
  bound: number
  refused: number
  /** No answer of ours: the API server was away, or the failure policy refused. */
  failed: number
  /** The texts of refusals without the nodes' names, and how often each came. */
  refusals: Map<string, number>
}

/** Binders at work until they are stopped. */
export interface DirectBinds {
  readonly count: BindCount
  stop(): Promise<void>
}

/** Whom the binders choose. */
export interface DirectBindOptions {
  api: Api
  random: Random
  lanes: number
  /** The next node to try, which need not be a good one: no scheduler with sense would ask for most of them. */
  choose(): string
}

const NAMESPACE = 'default'
/** After a failure, and then the API server is asked again. */
const PAUSE_MS = 100
const MAX_ATTEMPTS = 30
/** The share of the pods that are created with their node and never bound. */
const WITH_NODE = 0.15

/** The label of all pods that this load makes. */
export const DIRECT = { 'chaos.soci-guard.dev/load': 'direct' }

/** Plays schedulers that know no taints: pods are created and bound wherever `choose` says, until one node takes them. */
export function startDirectBinds({ api, random, lanes, choose }: DirectBindOptions): DirectBinds {
  const count: BindCount = { bound: 0, refused: 0, failed: 0, refusals: new Map() }
  let running = true
  let made = 0

  const take = ({ status, body }: ApiAnswer): boolean => {
    // 409: an earlier attempt got through, and its answer was lost. 404: it got through, and the pod was taken away since.
    if (status === 201 || status === 409 || status === 404) {
      count.bound++
      return true
    }
    if (status !== 403) throw new Error(String(status))
    count.refused++
    const text = plainRefusal((body as { message?: string }).message ?? '')
    count.refusals.set(text, (count.refusals.get(text) ?? 0) + 1)
    return false
  }
  const place = async (name: string, ask: (name: string) => Promise<ApiAnswer>) => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS && running; attempt++)
      try {
        if (take(await ask(name))) return
      } catch {
        count.failed++
        await sleep(PAUSE_MS)
      }
  }
  const pods = podsPath(NAMESPACE)
  const bind = (name: string) => api.bind(NAMESPACE, name, choose())
  const createOn = (name: string) =>
    api.send('POST', pods, podObject(name, { labels: DIRECT, spec: { nodeName: choose() } }))
  const lane = async () => {
    while (running) {
      const name = `direct-${++made}-${random.between(0, 999_999)}`
      try {
        if (random.chance(WITH_NODE)) {
          await place(name, createOn)
          continue
        }
        await api.create(pods, podObject(name, { labels: DIRECT, spec: { schedulerName: 'nobody' } }))
        await place(name, bind)
      } catch {
        count.failed++
        await sleep(PAUSE_MS)
      }
    }
  }
  const ended = Promise.all(Array.from({ length: lanes }, lane))
  return {
    count,
    stop: async () => {
      running = false
      await ended
    },
  }
}

const plainRefusal = (message: string): string =>
  message.replace(/^pods "[^"]+" is forbidden: /, '').replace(/node \S+ is (\w+).*$/s, 'node … is $1 …')
