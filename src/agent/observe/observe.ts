// One sweep: every call that a report rests on, made in an order in which things that change meanwhile cannot look broken. Blobs are
// read before snapshots, and both before images: an image that is still there at the end had its snapshots and blobs all along, and one
// that came meanwhile has no label yet that promises a snapshot. Where layers decide, the images are read once more after them.

import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { CALLS, snapshotsCall } from '../../report/facts/calls.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { readPlugins, snapshottersOf } from '../../report/facts/plugins.ts'
import type { Observed } from './observed.ts'
import { withPickedConfig } from './pick-cri-config.ts'
import { probeSnapshotter } from './probe-snapshotter.ts'
import { readUnpackedConfigs } from './read-content.ts'
import { isBesideContainerd, readHost } from './read-host.ts'
import { eachUnpacked, settleImages } from './settle-images.ts'
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
export const observe = async (client: ContainerdClient, options: ObserveOptions): Promise<Observation> =>
  (await observeEverything(client, options)).observation

/** The same, with what it takes to read afterwards only what has changed. */
export const observeEverything = async (client: ContainerdClient, options: ObserveOptions): Promise<Observed> => {
  const { expectedSnapshotter, deadlineMs, signal } = options
  const call: RpcOptions = { deadlineMs, signal }
  const [daemon, containers] = await Promise.all([observeDaemon(client, call), client.containers(call)])
  const told = { ...daemon, [CALLS.containers]: containers }
  const [store, around] = await Promise.all([
    observeImages(client, told, expectedSnapshotter, call),
    observeAround(told, options),
  ])
  return { ...store, observation: { ...store.observation, ...around } }
}

/** What containerd tells of itself and of CRI, which is little on every node. */
export const observeDaemon = async (client: ContainerdClient, call: RpcOptions): Promise<Observation> => {
  const [plugins, server, version, status, imageFs, sandboxes] = await Promise.all([
    client.plugins(call),
    client.server(call),
    client.version(call),
    client.criStatus(call),
    client.imageFsInfo(call),
    client.podSandboxes(call),
  ])
  return {
    [CALLS.plugins]: plugins,
    [CALLS.server]: server,
    [CALLS.version]: version,
    ...withPickedConfig(status),
    [CALLS.imageFs]: imageFs,
    [CALLS.podSandboxes]: sandboxes,
  }
}

/** What others than containerd tell: the snapshotter plugin itself, and the node's files where they can be seen. */
export const observeAround = async (
  daemon: Observation,
  { expectedSnapshotter, deadlineMs, signal, hostRoot }: ObserveOptions,
): Promise<Observation> => {
  const server = daemon[CALLS.server]
  const isOnNode = hostRoot !== undefined && (await isBesideContainerd(hostRoot, server))
  const address = pluginAddress(daemon, expectedSnapshotter)
  const [probe, host] = await Promise.all([
    probeSnapshotter(expectedSnapshotter, address, { deadlineMs, signal }, isOnNode),
    hostRoot === undefined ? {} : readHost(hostRoot, server, isOnNode),
  ])
  return { ...probe, ...host }
}

const observeImages = async (
  client: ContainerdClient,
  daemon: Observation,
  expectedSnapshotter: string,
  call: RpcOptions,
): Promise<Observed> => {
  const registered = snapshottersOf(readPlugins(daemon) ?? []).map(({ id }) => id)
  const content = await readUnpackedConfigs(client, registered, call)
  const { snapshotters, chainIDs } = unpackedImages(content)
  const names = snapshottersToList(daemon, expectedSnapshotter, snapshotters)
  // Only the topmost snapshot of an image says whether the image is there: a node has many more of layers and of containers.
  const isTold = registered.length > 0 && !isCallError(content)
  const isWanted = (name: string): boolean => !isTold || chainIDs.has(name)
  const lists = await Promise.all(
    names.map(async name => [snapshotsCall(name), await client.snapshots(name, isWanted, call)] as const),
  )
  const observation = {
    ...daemon,
    [CALLS.content]: content,
    ...Object.fromEntries(lists),
    [CALLS.images]: await client.images(call),
  }
  const settled = await settleImages(client, { observation, digests: new Set(), chainIDs }, [], call)
  if (settled.observation === observation) return settled
  return { ...settled, observation: { ...settled.observation, [CALLS.images]: await client.images(call) } }
}

/** Which snapshotters the config blobs name, and which snapshots in them. */
export const unpackedImages = (
  content: Answer<readonly unknown[]>,
): { readonly snapshotters: ReadonlySet<string>; readonly chainIDs: ReadonlySet<string> } => {
  const snapshotters = new Set<string>()
  const chainIDs = new Set<string>()
  eachUnpacked(isCallError(content) ? [] : content, (snapshotter, chainID) => {
    snapshotters.add(snapshotter)
    chainIDs.add(chainID)
  })
  return { snapshotters, chainIDs }
}
