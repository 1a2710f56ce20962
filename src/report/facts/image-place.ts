// Where an image stands with regard to the default snapshotter. The kubelet takes every image in containerd's store for present, in
// whatever snapshotter it was unpacked; what happens when a container wants it from the default one depends on its layers.

import type { ContentStore, StoredManifest } from './content-store.ts'
import type { StoredImage } from './images.ts'
import type { SnapshotsOf } from './snapshots.ts'

/**
 * inDefault: the default snapshotter has it. missing: the labels say that it does, and it does not. elsewhere: it is where a runtime
 * handler wants it. recoverable: its layers are all on the node, so containerd can unpack it. stranded: neither it nor its layers.
 * unknown: could not be told, which includes an image that has never been unpacked and is not complete, such as one being pulled.
 */
export type ImagePlace = 'inDefault' | 'missing' | 'elsewhere' | 'recoverable' | 'stranded' | 'unknown'

/** What the place of an image is judged by. */
export interface ImageSurroundings {
  readonly content: ContentStore
  readonly snapshotsOf: SnapshotsOf
  readonly defaultSnapshotter: string
  /** Snapshotters of runtime handlers, where images may be of right. */
  readonly handlerSnapshotters: ReadonlySet<string>
}

/** A manifest of the image that this node may run, and where it is unpacked. */
export interface Candidate {
  readonly manifest: StoredManifest
  readonly chainIDs: ReadonlyMap<string, string>
}

/**
 * The manifests of the image that are for this node: of a multi-platform image the others do not matter, nor do their layers. Where
 * none was read, because where the image is did not depend on it, what CRI calls the image's ID stands for its manifest.
 */
export const candidatesOf = (image: StoredImage, content: ContentStore): readonly Candidate[] => {
  const manifests = content.manifestsOf(image.target)
  const told = manifests.length > 0 ? manifests : image.configs.map(config => ({ config, layers: [] }))
  const all = told.flatMap(manifest => {
    const chainIDs = content.snapshotsOf(manifest.config)
    return chainIDs === undefined ? [] : [{ manifest, chainIDs }]
  })
  if (all.length < 2) return all
  const unpacked = all.filter(({ chainIDs }) => chainIDs.size > 0)
  const known = all.filter(({ manifest }) => image.configs.includes(manifest.config))
  if (known.length > 0) return known
  return unpacked.length > 0 ? unpacked : all
}

// The best of an image's candidates is its place, because one that can be run is enough.
const BEST_FIRST: readonly ImagePlace[] = ['inDefault', 'elsewhere', 'missing', 'unknown', 'recoverable', 'stranded']

/** Where the image stands. */
export const placeOf = (candidates: readonly Candidate[], surroundings: ImageSurroundings): ImagePlace => {
  const places = candidates.map(candidate => placeOfCandidate(candidate, surroundings))
  return BEST_FIRST.find(place => places.includes(place)) ?? 'unknown'
}

const placeOfCandidate = ({ manifest, chainIDs }: Candidate, surroundings: ImageSurroundings): ImagePlace => {
  const { content, snapshotsOf, defaultSnapshotter, handlerSnapshotters } = surroundings
  const inDefault = snapshotsOf(defaultSnapshotter)
  if (inDefault === null) return 'unknown'
  if ([...chainIDs.values()].some(chainID => inDefault.has(chainID))) return 'inDefault'
  if (chainIDs.has(defaultSnapshotter)) return 'missing'
  if ([...chainIDs.keys()].some(snapshotter => handlerSnapshotters.has(snapshotter))) return 'elsewhere'
  if (manifest.layers.length > 0 && manifest.layers.every(layer => content.has(layer))) return 'recoverable'
  return chainIDs.size === 0 ? 'unknown' : 'stranded'
}
