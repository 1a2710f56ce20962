import { ADDRESSES } from '../cluster/network-namespace.ts'
import type { ContainerKeeper } from './container-keeper.ts'
import type { Pod } from './pod.ts'

/** Since when each condition has had its value. */
export type ConditionTimes = Map<string, { status: string; lastTransitionTime: string }>

/** The status that a kubelet would write now, as a strategic merge patch of the pod's status. */
export function podStatus(
  pod: Pod,
  podIP: string,
  keepers: readonly ContainerKeeper[],
  startTime: string,
  times: ConditionTimes,
) {
  const ready = keepers.length > 0 && keepers.every(keeper => keeper.state.ready)
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = (type: string, holds: boolean) => {
    const status = holds ? 'True' : 'False'
    const known = times.get(type)
    const since = known?.status === status ? known : { status, lastTransitionTime: now }
    times.set(type, since)
    return { type, lastProbeTime: null, ...since, reason: holds ? '' : 'ContainersNotReady' }
  }
  return {
    phase: phaseOf(keepers),
    hostIP: ADDRESSES.podGateway,
    hostIPs: [{ ip: ADDRESSES.podGateway }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: pod.spec.containers.map(spec => containerStatus(spec, keepers)),
  }
}

function containerStatus({ name, image }: { name: string; image: string }, keepers: readonly ContainerKeeper[]) {
  const state = keepers.find(keeper => keeper.spec.name === name)?.state
  return {
    name,
    image,
    imageID: image,
    containerID: `e2e://${name}`,
    ready: state?.ready ?? false,
    started: state?.started ?? false,
    restartCount: state?.restartCount ?? 0,
    state: state?.state ?? { waiting: { reason: 'PodInitializing' } },
    lastState: state?.lastState ?? {},
  }
}

function phaseOf(keepers: readonly ContainerKeeper[]): string {
  const codes = keepers.map(keeper => keeper.state.exitCode)
  if (codes.length > 0 && codes.every(code => code !== undefined))
    return codes.every(code => code === 0) ? 'Succeeded' : 'Failed'
  const begun = keepers.some(
    ({ state }) => 'running' in state.state || state.restartCount > 0 || state.exitCode !== undefined,
  )
  return begun ? 'Running' : 'Pending'
}
