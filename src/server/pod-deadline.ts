import type { NeedsPod, PodFacts, PodLookup } from '../admission/cluster-view.ts'

/** Reads one pod, undefined when there is none; rejects when it cannot tell. The signal ends it when nobody waits any more. */
export type ReadPod = (namespace: string, name: string, signal: AbortSignal) => Promise<PodFacts | undefined>

/**
 * How long a pod may be waited for, milliseconds, when the API server waits `timeoutMs` in all: a tenth of it, at least 50 ms,
 * is kept for the answer's way back, so that the API server reads our answer instead of its failurePolicy.
 */
export const podDeadlineMs = (timeoutMs: number, spentMs: number): number =>
  Math.max(0, timeoutMs - Math.max(50, timeoutMs / 10) - spentMs)

/** What came of reading the pod; never rejects, and settles within the deadline whatever `readPod` does. */
export const lookUpPod = async (
  readPod: ReadPod,
  { namespace, name }: NeedsPod,
  deadlineMs: number,
): Promise<PodLookup> => {
  const controller = new AbortController()
  const { promise: late, resolve } = Promise.withResolvers<PodLookup>()
  const timer = setTimeout(() => {
    controller.abort()
    resolve({ error: `there was no answer within ${Math.round(deadlineMs)} ms, and the API server waits no longer` })
  }, deadlineMs)
  try {
    return await Promise.race([late, find(readPod, namespace, name, controller.signal)])
  } finally {
    clearTimeout(timer)
  }
}

const find = async (readPod: ReadPod, namespace: string, name: string, signal: AbortSignal): Promise<PodLookup> => {
  try {
    const found = await readPod(namespace, name, signal)
    return found === undefined ? { missing: true } : { found }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
