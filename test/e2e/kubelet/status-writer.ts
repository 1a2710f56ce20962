import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, ApiError } from '../cluster/api.ts'
import type { Pod } from './pod.ts'

/** Writes a pod's status: one request at a time, only the newest, again while the API server is away. */
export function createStatusWriter(api: Api, pod: Pod, status: () => unknown): { write(): void; stop(): void } {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`
  let dirty = false
  let writing = false
  let stopped = false
  const flush = async () => {
    writing = true
    while (dirty && !stopped) {
      dirty = false
      try {
        await api.patch(path, { metadata: { uid: pod.metadata.uid }, status: status() }, 'strategic-merge-patch')
      } catch (error) {
        // 404 and 409: this pod is gone; everything else: the newest status is tried again.
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) break
        dirty = true
        await sleep(200)
      }
    }
    writing = false
  }
  return {
    write: () => {
      dirty = true
      if (!writing) void flush()
    },
    stop: () => {
      stopped = true
    },
  }
}
