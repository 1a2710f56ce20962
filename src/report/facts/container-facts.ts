// A container belongs into the snapshotter of its pod's runtime handler, or else into the default one. Any other is foreign: it was
// started before the default was switched, or by hand.

import { formatRfc3339 } from '../format-rfc3339.ts'
import type { ForeignContainer, NodeReport, ReportedRuntimeHandler } from '../node-report.ts'
import type { StoredContainer } from './containers.ts'
import type { PodSandbox } from './pod-sandboxes.ts'
import { LISTED_AT_MOST } from './reported-list.ts'

/** What containers are judged by. */
export interface ContainerSurroundings {
  readonly defaultSnapshotter: string
  readonly runtimeHandlers: readonly ReportedRuntimeHandler[]
  readonly sandboxes: ReadonlyMap<string, PodSandbox>
}

/** How many containers are in each snapshotter, and the foreign ones, newest first; null is what could not be told. */
export const containerFacts = (
  containers: readonly StoredContainer[] | null,
  surroundings: ContainerSurroundings,
): NodeReport['containers'] => {
  if (containers === null) return { bySnapshotter: null, foreign: null }
  const bySnapshotter = countBySnapshotter(containers)
  if (surroundings.defaultSnapshotter === '') return { bySnapshotter, foreign: null }
  const isForeign = createForeignRule(surroundings)
  const foreign = containers.filter(isForeign).sort(newestFirst).slice(0, LISTED_AT_MOST)
  return { bySnapshotter, foreign: foreign.map(container => reported(container, surroundings.sandboxes)) }
}

const countBySnapshotter = (containers: readonly StoredContainer[]): Record<string, number> => {
  const counts = new Map<string, number>()
  for (const { snapshotter } of containers) counts.set(snapshotter, (counts.get(snapshotter) ?? 0) + 1)
  return Object.fromEntries([...counts].sort())
}

const createForeignRule = ({ defaultSnapshotter, runtimeHandlers, sandboxes }: ContainerSurroundings) => {
  const snapshotterOf = new Map(runtimeHandlers.map(({ name, snapshotter }) => [name, snapshotter]))
  const anyAllowed = new Set([defaultSnapshotter, ...snapshotterOf.values()])
  return ({ snapshotter, sandboxID }: StoredContainer): boolean => {
    const handler = sandboxes.get(sandboxID)?.runtimeHandler
    // Without its handler all that can be told is that no handler uses the snapshotter.
    if (handler === undefined) return !anyAllowed.has(snapshotter)
    return snapshotter !== ((handler === '' ? '' : snapshotterOf.get(handler)) || defaultSnapshotter)
  }
}

// The list is cut, and a container of this boot is what decides.
const newestFirst = (one: StoredContainer, other: StoredContainer): number =>
  (other.createdAtMs ?? Number.POSITIVE_INFINITY) - (one.createdAtMs ?? Number.POSITIVE_INFINITY) || 0

const reported = (container: StoredContainer, sandboxes: ReadonlyMap<string, PodSandbox>): ForeignContainer => ({
  id: container.id,
  name: nameOf(container, sandboxes),
  kind: container.kind,
  snapshotter: container.snapshotter,
  createdAt: formatRfc3339(container.createdAtMs),
})

// The kubelet labels its containers with all names; what another client of CRI started is known by its image.
const nameOf = (container: StoredContainer, sandboxes: ReadonlyMap<string, PodSandbox>): string => {
  const { podName, containerName, sandboxID, image, kind } = container
  const pod = podName || (sandboxes.get(sandboxID)?.podName ?? '')
  if (kind === 'sandbox') return pod || image
  return containerName === '' ? image : [pod, containerName].filter(Boolean).join('/')
}
