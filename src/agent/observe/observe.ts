// One sweep: every call that a report rests on, made in an order in which things that change meanwhile cannot look broken. Blobs are
// read before snapshots, and both before images: an image that is still there at the end had its snapshots and blobs all along, and one
// that came meanwhile has no label yet that promises a snapshot.

import type { ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { CALLS, snapshotsCall } from '../../report/facts/calls.ts'
import type { Observation } from '../../report/facts/observation.ts'
import { withPickedConfig } from './pick-cri-config.ts'
import { probeSnapshotter } from './probe-snapshotter.ts'
import { readHost } from './read-host.ts'
import { pluginAddress, snapshottersToList } from './snapshotters-to-list.ts'

/** How to look. */
export interface ObserveOptions {
  readonly expectedSnapshotter: string
  /** What one call may take. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
  /**
   * Where the node's own file system is, such as / for a process on it; undefined where it cannot be seen, as in a pod. The sockets of
   * plugins are then looked for only in folders that are there.
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
  const [store, probe, host] = await Promise.all([
    observeImages(client, daemon, expectedSnapshotter, call),
    probeSnapshotter(expectedSnapshotter, pluginAddress(daemon, expectedSnapshotter), call, hostRoot !== undefined),
    hostRoot === undefined ? {} : readHost(hostRoot, server),
  ])
  return { ...daemon, ...store, ...probe, ...host }
}

const observeImages = async (
  client: ContainerdClient,
  daemon: Observation,
  expectedSnapshotter: string,
  call: RpcOptions,
): Promise<Observation> => {
  const content = await client.content(call)
  const names = snapshottersToList({ ...daemon, [CALLS.content]: content }, expectedSnapshotter)
  const lists = await Promise.all(names.map(async name => [snapshotsCall(name), await client.snapshots(name, call)]))
  const images = await client.images(call)
  return { [CALLS.content]: content, ...Object.fromEntries(lists), [CALLS.images]: images }
}
