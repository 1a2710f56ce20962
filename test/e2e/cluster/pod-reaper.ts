import type { Api } from './api.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { watchCollection } from './watch.ts'

/** Finishes the deletion of pods on nodes without a kubelet, which would otherwise wait for ever; returns how to stop. */
export function startPodReaper(api: Api, hasKubelet: (nodeName: string) => boolean): () => void {
  const stop = new AbortController()
  const reap = (pod: KubernetesObject) => {
    const nodeName = (pod.spec as { nodeName?: string } | undefined)?.nodeName
    if (pod.metadata.deletionTimestamp === undefined || nodeName === undefined || hasKubelet(nodeName)) return
    api.delete(`/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`).catch(() => undefined)
  }
  const handlers = { listed: (pods: KubernetesObject[]) => pods.forEach(reap), changed: reap, deleted: () => undefined }
  void watchCollection(api, '/api/v1/pods', handlers, stop.signal)
  return () => stop.abort()
}
