import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { readMetrics } from '../../e2e/guard/guard-metrics.ts'
import type { PodWorker } from '../../e2e/kubelet/pod-worker.ts'
import type { Fault } from './fault.ts'

const READY_MS = 60_000

/** The processes are killed; the kubelet starts them again, with a pause that grows. */
export function kill(name: string, workers: () => readonly PodWorker[]): Fault {
  let victims: readonly PodWorker[] = []
  return {
    name: `${name} killed`,
    begin: async () => {
      victims = workers()
      for (const { keepers } of victims) keepers[0]?.current?.signal('SIGKILL')
    },
    end: () => allReady(victims),
  }
}

/** The processes stand still: their connections stay open, and nothing is answered. */
export function freeze(name: string, workers: () => readonly PodWorker[]): Fault {
  let victims: readonly PodWorker[] = []
  const signal = (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const { keepers } of victims) keepers[0]?.current?.signal(signal)
  }
  return {
    name: `${name} frozen`,
    begin: async () => {
      victims = workers()
      signal('SIGSTOP')
    },
    end: async () => {
      signal('SIGCONT')
      await allReady(victims)
    },
  }
}

/** Every packet to and from the pods vanishes. */
export function cutOff(name: string, workers: () => readonly PodWorker[]): Fault {
  let victims: readonly PodWorker[] = []
  return {
    name: `${name} cut off`,
    begin: async () => {
      victims = workers()
      for (const { network } of victims) await network.freeze()
    },
    end: async () => {
      for (const { network } of victims) await network.thaw()
      await allReady(victims)
    },
  }
}

/** Waits until each of the pods is ready and answers on its ops port. */
export async function allReady(workers: readonly PodWorker[]): Promise<void> {
  for (const worker of workers)
    await waitFor(
      `${worker.pod.metadata.name} to be ready`,
      async () => {
        if (!worker.keepers[0]?.state.ready) return false
        await readMetrics(worker)
        return true
      },
      { deadlineMs: READY_MS },
    )
}
