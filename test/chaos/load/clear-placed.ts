import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../e2e/cluster/api.ts'
import { podsPath } from '../../e2e/guard/pod-object.ts'

const OPTIONS = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 }

/** Takes pods away every now and then once they have a node, so that the cluster stays small; returns how to stop. */
export function startClearing(api: Api, everyMs: number): () => void {
  let running = true
  const placed = encodeURIComponent('spec.nodeName!=')
  const label = encodeURIComponent('chaos.soci-guard.dev/load')
  const clear = async () => {
    const path = `${podsPath()}?labelSelector=${label}&fieldSelector=${placed}`
    await api.send('DELETE', path, OPTIONS).catch(() => undefined)
  }
  const run = async () => {
    while (running) {
      await clear()
      await sleep(everyMs)
    }
  }
  void run()
  // What is under way may take long, and nobody needs its end.
  return () => {
    running = false
  }
}
