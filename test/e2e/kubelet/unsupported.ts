import type { ContainerSpec, Pod, Volume } from './pod.ts'

const VOLUMES = ['emptyDir', 'hostPath', 'configMap', 'secret', 'downwardAPI', 'projected']

/** What a pod asks for and the test kubelet cannot give; empty when it can run the pod as it is. */
export function unsupportedFields({ spec }: Pod): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  return [...containers.flatMap(ofContainer), ...(spec.volumes ?? []).flatMap(ofVolume)]
}

function ofContainer(container: ContainerSpec): string[] {
  const { name, workingDir, restartPolicy, lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  const probes = [livenessProbe, readinessProbe, startupProbe].filter(probe => probe !== undefined)
  return [
    ...(workingDir === undefined || workingDir === '/' ? [] : [`container ${name}: workingDir`]),
    ...(restartPolicy === undefined ? [] : [`container ${name}: restartPolicy`]),
    ...(lifecycle === undefined || lifecycle.preStop?.sleep
      ? []
      : [`container ${name}: lifecycle other than preStop.sleep`]),
    ...(probes.every(probe => probe.httpGet ?? probe.tcpSocket)
      ? []
      : [`container ${name}: probe without httpGet or tcpSocket`]),
  ]
}

function ofVolume(volume: Volume): string[] {
  const kind = Object.keys(volume).find(key => key !== 'name')
  return kind === undefined || VOLUMES.includes(kind) ? [] : [`volume ${volume.name}: ${kind}`]
}
