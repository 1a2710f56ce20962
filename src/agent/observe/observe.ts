// One sweep: every call that a report rests on, made in an order in which things that change meanwhile cannot look broken. Blobs are
// read before snapshots, and both before images: an image that is still there at the end had its snapshots and blobs all along, and one
// that came meanwhile has no label yet that promises a snapshot. Where layers decide, the images are read once more after them.

import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { blobsInDoubt } from '../../report/facts/blobs-in-doubt.ts'
import { CALLS, snapshotsCall } from '../../report/facts/calls.ts'
import { eachLabel, SNAPSHOT_LABELS } from '../../report/facts/content-labels.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { readPlugins, snapshottersOf } from '../../report/facts/plugins.ts'
import { fieldOf } from '../../report/facts/raw-fields.ts'
import { withPickedConfig } from './pick-cri-config.ts'
import { probeSnapshotter } from './probe-snapshotter.ts'
import { readBlobs, readManifests } from './read-content.ts'
import { isBesideContainerd, readHost } from './read-host.ts'
import { pluginAddress, snapshottersToList } from './snapshotters-to-list.ts'

/** How to look. */
export interface ObserveOptions {
  readonly expectedSnapshotter: string
  /** What one call may take. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
  /**
   * Where the node's own file system is, such as / for a process on it; undefined where it cannot be seen. There, and in a pod, the
   * sockets of plugins are looked for only in folders that are there.
   */
  readonly hostRoot?: string | undefined
}

/** Everything that the node's daemons answer now; a call that failed has its error in the place of an answer. Never rejects. */
export const observe = async (client: ContainerdClient, options: ObserveOptions): Promise<Observation> => {
  const { expectedSnapshotter, deadlineMs, signal, hostRoot } = options
  const call: RpcOptions = { deadlineMs, signal }
  const [plugins, server, version, status, imageFs, sandboxes, containers] = await Promise.all([
    client.plugins(call),
    client.server(call),
    client.version(call),
    client.criStatus(call),
    client.imageFsInfo(call),
    client.podSandboxes(call),
    client.containers(call),
  ])
  const daemon: Observation = {
    [CALLS.plugins]: plugins,
    [CALLS.server]: server,
    [CALLS.version]: version,
    ...withPickedConfig(status),
    [CALLS.imageFs]: imageFs,
    [CALLS.podSandboxes]: sandboxes,
    [CALLS.containers]: containers,
  }
  const isOnNode = hostRoot !== undefined && (await isBesideContainerd(hostRoot, server))
  const [store, probe, host] = await Promise.all([
    observeImages(client, daemon, expectedSnapshotter, call),
    probeSnapshotter(expectedSnapshotter, pluginAddress(daemon, expectedSnapshotter), call, isOnNode),
    hostRoot === undefined ? {} : readHost(hostRoot, server, isOnNode),
  ])
  return { ...daemon, ...store, ...probe, ...host }
}

const observeImages = async (
  client: ContainerdClient,
  daemon: Observation,
  expectedSnapshotter: string,
  call: RpcOptions,
): Promise<Observation> => {
  const registered = snapshottersOf(readPlugins(daemon) ?? []).map(({ id }) => id)
  const content = await readManifests(client, registered, call)
  const { snapshotters, chainIDs } = unpackedImages(isCallError(content) ? [] : content)
  const names = snapshottersToList(daemon, expectedSnapshotter, snapshotters)
  const isWanted = (name: string): boolean => isCallError(content) || chainIDs.has(name)
  const lists = await Promise.all(
    names.map(async name => [snapshotsCall(name), await client.snapshots(name, isWanted, call)] as const),
  )
  const store = {
    [CALLS.content]: content,
    ...Object.fromEntries(lists),
    [CALLS.images]: await client.images(call),
  }
  const doubtful = blobsInDoubt({ ...daemon, ...store })
  if (doubtful.length === 0) return store
  const blobs = await readBlobs(client, doubtful, call)
  return { ...store, [CALLS.content]: joined(content, blobs), [CALLS.images]: await client.images(call) }
}

// Only the topmost snapshot of an image says whether the image is there: a node has many more of layers and of containers.
const unpackedImages = (content: readonly unknown[]): { snapshotters: Set<string>; chainIDs: Set<string> } => {
  const snapshotters = new Set<string>()
  const chainIDs = new Set<string>()
  for (const blob of content) {
    eachLabel(fieldOf(blob, 'labels'), SNAPSHOT_LABELS, (snapshotter, chainID) => {
      snapshotters.add(snapshotter)
      chainIDs.add(chainID)
    })
  }
  return { snapshotters, chainIDs }
}

const joined = (one: Answer<readonly unknown[]>, other: Answer<readonly unknown[]>): Answer<readonly unknown[]> => {
  if (isCallError(one) || isCallError(other)) return isCallError(one) ? one : other
  return [...one, ...other]
}
