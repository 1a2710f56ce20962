import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../cluster/api.ts'
import { createPodNetwork, HOST_NETWORK, type PodNetwork } from '../cluster/pod-network.ts'
import { type RunningContainer, startContainer } from './container.ts'
import { containerEnvironment } from './container-environment.ts'
import { type ContainerKeeper, keepContainer } from './container-keeper.ts'
import type { Images } from './image.ts'
import type { ContainerSpec, Pod, PodSpec } from './pod.ts'
import { type ConditionTimes, podStatus } from './pod-status.ts'
import { createStatusWriter } from './status-writer.ts'
import { unsupportedFields } from './unsupported.ts'
import { createPodVolumes } from './volumes.ts'

/** What a worker needs beside its pod. */
export interface WorkerOptions {
  api: Api
  images: Images
  /** A folder of this pod's own: volumes, container roots. */
  folder: string
  logFolder: string
  backoffMs: number
}

/** One pod under the care of the test kubelet. */
export interface PodWorker {
  readonly pod: Pod
  readonly network: PodNetwork
  readonly keepers: readonly ContainerKeeper[]
  /** All that a container has printed, over its restarts. */
  logs(container: string): string
  /** Brings ConfigMaps, Secrets and tokens up to date. */
  sync(): Promise<void>
  /** Ends the containers within the grace period and the pod's network, then the Pod object if it still exists. */
  terminate(graceMs: number): Promise<void>
}

const DEFAULT_GRACE_SECONDS = 30

/** Makes the pod's network and volumes and starts its containers, init containers first. */
export async function startPod(pod: Pod, options: WorkerOptions): Promise<PodWorker> {
  const { api, images, folder, logFolder, backoffMs } = options
  const network = pod.spec.hostNetwork ? HOST_NETWORK : await createPodNetwork()
  const volumes = createPodVolumes(api, pod, network.ip, join(folder, 'volumes'))
  const keepers: ContainerKeeper[] = []
  const initKeepers: ContainerKeeper[] = []
  const times: ConditionTimes = new Map()
  const startTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const writer = createStatusWriter(api, pod, () => podStatus(pod, network.ip, keepers, startTime, times))
  const logPath = (container: string) => join(logFolder, `${pod.metadata.name}_${container}.log`)
  const graceMs = (pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1_000
  let terminating = false
  mkdirSync(folder, { recursive: true })

  const start = async (container: ContainerSpec): Promise<RunningContainer> => {
    const unsupported = unsupportedFields(pod)
    if (unsupported.length > 0) throw new Error(`the test kubelet cannot give: ${unsupported.join('; ')}`)
    const image = images.get(container.image)
    if (!image) throw new Error(`no image ${container.image}; there are ${[...images.keys()].join(', ')}`)
    await volumes.sync()
    const environment = await containerEnvironment(api, pod, network.ip, container, image.env ?? {})
    const place = { folder: join(folder, container.name), logPath: logPath(container.name) }
    return startContainer({ pod, container, image, environment, volumes, network, ...place })
  }
  const keep = (spec: ContainerSpec, restartPolicy: PodSpec['restartPolicy']) =>
    keepContainer({
      spec,
      restartPolicy,
      podIP: network.ip,
      start: () => start(spec),
      changed: writer.write,
      backoffMs,
      graceMs,
    })
  const run = async () => {
    for (const spec of pod.spec.initContainers ?? []) {
      const keeper = keep(spec, 'OnFailure')
      initKeepers.push(keeper)
      while (keeper.state.exitCode !== 0 && !terminating) await sleep(20)
    }
    if (terminating) return
    for (const spec of pod.spec.containers) keepers.push(keep(spec, pod.spec.restartPolicy))
    writer.write()
  }
  writer.write()
  void run()

  return {
    pod,
    network,
    keepers,
    logs: container => readFileSync(logPath(container), 'utf8'),
    sync: async () => {
      // A container that is yet to start brings its volumes up to date itself, and waits for what is missing.
      if (!terminating && keepers.some(({ current }) => current)) await volumes.sync()
    },
    terminate: async givenMs => {
      if (terminating) return
      terminating = true
      await Promise.all([...initKeepers, ...keepers].map(keeper => keeper.stop(givenMs)))
      writer.stop()
      await network.remove()
    },
  }
}
