import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../cluster/api.ts'
import { watchCollection } from '../cluster/watch.ts'
import type { Images } from './image.ts'
import type { Pod } from './pod.ts'
import { type PodWorker, startPod } from './pod-worker.ts'

/** Which pods a test kubelet runs, and with what. */
export interface TestKubeletOptions {
  api: Api
  nodeName: string
  /** Only pods of this namespace are run; others on the node stay Pending. */
  namespace: string
  images: Images
  /** For volumes, container roots and `logs/<pod>_<container>.log`. */
  folder: string
  /** The first pause before a restart (a real kubelet's is 10 s); doubled up to ten times as long. */
  backoffMs?: number
}

/** A kubelet for one node that runs pods as local processes. */
export interface TestKubelet {
  readonly nodeName: string
  /** The pods under its care by name, terminating ones included. */
  readonly pods: ReadonlyMap<string, PodWorker>
  /** What went wrong outside of any pod's status. */
  readonly problems: readonly string[]
  /** Kills all containers at once and stops; the Pod objects stay. */
  stop(): Promise<void>
}

const RENEW_TOKENS_EVERY_MS = 10_000

/** Watches the pods bound to a node and makes them real: processes, probes, status, live volumes, graceful deletion. */
export function startTestKubelet(options: TestKubeletOptions): TestKubelet {
  const { api, nodeName, namespace, images, folder, backoffMs = 500 } = options
  const stop = new AbortController()
  const workers = new Map<string, Promise<PodWorker>>()
  const pods = new Map<string, PodWorker>()
  const problems: string[] = []
  const logFolder = join(folder, 'logs')
  mkdirSync(logFolder, { recursive: true })
  const report = (error: Error) => {
    if (!stop.signal.aborted) problems.push(error.message)
  }

  const terminate = async (uid: string, pod: Pod, graceMs: number) => {
    const worker = await workers.get(uid)
    await worker?.terminate(graceMs)
    await untilDone(() => api.delete(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, uid), stop.signal)
    workers.delete(uid)
    if (worker && pods.get(pod.metadata.name) === worker) pods.delete(pod.metadata.name)
  }
  const ending = new Set<string>()
  const end = (pod: Pod, graceMs: number) => {
    const uid = pod.metadata.uid ?? ''
    if (ending.has(uid)) return
    ending.add(uid)
    terminate(uid, pod, graceMs).catch(report)
  }
  const see = (pod: Pod) => {
    const uid = pod.metadata.uid ?? ''
    if (pod.metadata.deletionTimestamp) return end(pod, (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1_000)
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (workers.has(uid) || isOver) return
    const place = { folder: join(folder, uid), logFolder }
    const worker = startPod(pod, { api, images, backoffMs, ...place })
    workers.set(uid, worker)
    worker.then(started => pods.set(pod.metadata.name, started)).catch(report)
  }
  const listed = (found: Pod[]) => {
    const present = new Set(found.map(pod => pod.metadata.uid))
    for (const { pod } of pods.values()) if (!present.has(pod.metadata.uid)) end(pod, 0)
    found.forEach(see)
  }
  const syncAll = () => {
    for (const worker of pods.values()) worker.sync().catch(report)
  }

  const inNamespace = `/api/v1/namespaces/${namespace}`
  const handlers = { listed, changed: see, deleted: (pod: Pod) => end(pod, 0) }
  void watchCollection<Pod>(api, `${inNamespace}/pods?fieldSelector=spec.nodeName%3D${nodeName}`, handlers, stop.signal)
  for (const kind of ['configmaps', 'secrets'])
    void watchCollection(
      api,
      `${inNamespace}/${kind}`,
      { listed: syncAll, changed: syncAll, deleted: syncAll },
      stop.signal,
    )
  const timer = setInterval(syncAll, RENEW_TOKENS_EVERY_MS)

  return {
    nodeName,
    pods,
    problems,
    stop: async () => {
      stop.abort()
      clearInterval(timer)
      await Promise.all([...workers.values()].map(async worker => (await worker).terminate(0)))
    },
  }
}

/** Repeats work that fails only because the API server is away. */
async function untilDone(work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await work()
      return
    } catch {
      await sleep(200, undefined, { signal }).catch(() => undefined)
    }
  }
}
