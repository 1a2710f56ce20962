// Most blobs of a node are layers, and most images are where they should be, so layers are asked for only where one is not.

import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { isCallError } from '../../report/facts/observation.ts'

// A filter with a label's name alone asks whether the label is there. Every manifest has a config, and every index a first manifest.
const INDEXES_AND_MANIFESTS = [
  'labels."containerd.io/gc.ref.content.config"',
  'labels."containerd.io/gc.ref.content.m.0"',
]

// containerd tries every filter on every blob.
const DIGESTS_AT_ONCE = 100

// With more, reading all blobs is less work for both sides.
const MAX_DIGESTS = 1000

/** The indexes, the manifests, and the config blobs of images that are unpacked in one of the snapshotters. */
export const readManifests = (
  client: ContainerdClient,
  snapshotters: readonly string[],
  options: RpcOptions,
): Promise<Answer<readonly unknown[]>> => {
  const configs = snapshotters.map(name => `labels.${JSON.stringify(`containerd.io/gc.ref.snapshot.${name}`)}`)
  return client.content([...INDEXES_AND_MANIFESTS, ...configs], options)
}

/** Those of the blobs that are on the node. */
export const readBlobs = async (
  client: ContainerdClient,
  digests: readonly string[],
  options: RpcOptions,
): Promise<Answer<readonly unknown[]>> => {
  if (digests.length > MAX_DIGESTS) return client.content([], options)
  const found: unknown[] = []
  for (let at = 0; at < digests.length; at += DIGESTS_AT_ONCE) {
    const filters = digests.slice(at, at + DIGESTS_AT_ONCE).map(digest => `digest==${digest}`)
    const answer = await client.content(filters, options)
    if (isCallError(answer)) return answer
    found.push(...answer)
  }
  return found
}
