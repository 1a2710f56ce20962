// What ties an image to its snapshots and layers are labels that containerd keeps for its garbage collector. They are looked at per
// image and not up front: most blobs are layers, and nobody asks about most of those.

import { CALLS } from './calls.ts'
import { eachLabel, SNAPSHOT_LABELS } from './content-labels.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf, timestampMs } from './raw-fields.ts'

const CONFIG_LABEL = 'containerd.io/gc.ref.content.config'
const MANIFEST_LABELS = 'containerd.io/gc.ref.content.m.'
const LAYER_LABELS = 'containerd.io/gc.ref.content.l.'

// An index may hold indexes, but nobody nests them deeper.
const MAX_INDEX_DEPTH = 3

/** A manifest whose blob is on the node, with what its labels tell. */
export interface StoredManifest {
  readonly config: string
  /** The layers that containerd keeps for it; none where it discards layers once they are unpacked. */
  readonly layers: readonly string[]
}

/** The blobs of a node and what their labels say. */
export interface ContentStore {
  has(digest: string): boolean
  /** When the blob was written; null when it is not there or not told. */
  createdAtMs(digest: string): number | null
  /** The manifests on the node under an image's target, which may be a manifest or an index. */
  manifestsOf(target: string): readonly StoredManifest[]
  /** The digests of everything under an image's target, itself included, as far as the blobs that are here name it. */
  partsOf(target: string): readonly string[]
  /** Where an image's config blob says that the image is unpacked: snapshotter to chain ID; undefined without the blob. */
  snapshotsOf(config: string): ReadonlyMap<string, string> | undefined
}

// A sweep asks for the same blobs twice: which layers matter, and then where everything is.
const stores = new WeakMap<readonly unknown[], ContentStore>()

/** The blobs by their digests; null when containerd did not tell. */
export const readContentStore = (observation: Observation): ContentStore | null => {
  const list = listIn(answerTo(observation, CALLS.content), 'info')
  if (list === null) return null
  const store = stores.get(list) ?? createContentStore(list)
  stores.set(list, store)
  return store
}

const createContentStore = (list: readonly unknown[]): ContentStore => {
  const blobs = new Map<string, unknown>()
  for (const blob of list) blobs.set(textOf(blob, 'digest'), blob)
  const manifests = new Map<string, readonly StoredManifest[]>()
  const unpacked = new Map<string, ReadonlyMap<string, string>>()

  const readManifests = (target: string, depth: number): readonly StoredManifest[] => {
    const labels = fieldOf(blobs.get(target), 'labels')
    const config = textOf(labels, CONFIG_LABEL)
    if (config !== '') return [{ config, layers: referenced(labels, LAYER_LABELS) }]
    if (depth === 0) return []
    return referenced(labels, MANIFEST_LABELS).flatMap(digest => readManifests(digest, depth - 1))
  }

  const partsOf = (digest: string, depth: number): string[] => {
    const labels = fieldOf(blobs.get(digest), 'labels')
    const config = textOf(labels, CONFIG_LABEL)
    if (config !== '') return [digest, config, ...referenced(labels, LAYER_LABELS)]
    const parts = depth === 0 ? [] : referenced(labels, MANIFEST_LABELS)
    return [digest, ...parts.flatMap(part => partsOf(part, depth - 1))]
  }

  return {
    has: digest => blobs.has(digest),
    createdAtMs: digest => timestampMs(fieldOf(blobs.get(digest), 'created_at')),
    manifestsOf: target => {
      const known = manifests.get(target) ?? readManifests(target, MAX_INDEX_DEPTH)
      manifests.set(target, known)
      return known
    },
    partsOf: target => partsOf(target, MAX_INDEX_DEPTH),
    snapshotsOf: config => {
      const known = unpacked.get(config)
      if (known !== undefined) return known
      const blob = blobs.get(config)
      if (blob === undefined) return undefined
      const chainIDs = new Map<string, string>()
      eachLabel(fieldOf(blob, 'labels'), SNAPSHOT_LABELS, (snapshotter, chainID) => chainIDs.set(snapshotter, chainID))
      unpacked.set(config, chainIDs)
      return chainIDs
    },
  }
}

const referenced = (labels: unknown, prefix: string): string[] => {
  const digests: string[] = []
  eachLabel(labels, prefix, (_, digest) => digests.push(digest))
  return digests
}
