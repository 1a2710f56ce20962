// Most blobs of a node are layers, and most images are where their config says, so everything else is asked for only where one is not.

import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { isCallError } from '../../report/facts/observation.ts'

// A filter with a label's name alone asks whether the label is there. Every manifest has a config, and every index a first manifest.
const INDEXES_AND_MANIFESTS = [
  'labels."containerd.io/gc.ref.content.config"',
  'labels."containerd.io/gc.ref.content.m.0"',
]

// With more, reading the list is less work for both sides.
const MAX_SINGLE_READS = 128

/** The config blobs of images that are unpacked in one of the snapshotters. */
export const readUnpackedConfigs = async (
  client: ContainerdClient,
  snapshotters: readonly string[],
  options: RpcOptions,
): Promise<Answer<readonly unknown[]>> => {
  // Without a filter it would be all blobs.
  if (snapshotters.length === 0) return []
  const labels = snapshotters.map(name => `labels.${JSON.stringify(`containerd.io/gc.ref.snapshot.${name}`)}`)
  return client.content(labels, options)
}

/** All indexes and manifests. */
export const readManifests = (client: ContainerdClient, options: RpcOptions): Promise<Answer<readonly unknown[]>> =>
  client.content(INDEXES_AND_MANIFESTS, options)

/** True when reading the blobs takes a list of all of them. */
export const areMany = (digests: readonly string[]): boolean => digests.length > MAX_SINGLE_READS

/** Those of the blobs that are on the node. */
export const readBlobs = async (
  client: ContainerdClient,
  digests: readonly string[],
  options: RpcOptions,
): Promise<Answer<readonly unknown[]>> => {
  if (areMany(digests)) {
    const wanted = new Set(digests)
    return client.content([], options, digest => wanted.has(digest))
  }
  return found(await Promise.all(digests.map(digest => client.blob(digest, options))))
}

/** The answers that are not null; the first error when there is one. */
export const found = (answers: readonly Answer<unknown>[]): Answer<readonly unknown[]> =>
  answers.find(isCallError) ?? answers.filter(answer => answer !== null)
