import { type ContentStore, readContentStore } from './content-store.ts'
import { readCRIConfig } from './cri-config.ts'
import { defaultSnapshotterOf } from './default-snapshotter.ts'
import { candidatesOf } from './image-place.ts'
import { readImages, type StoredImage } from './images.ts'
import type { Observation } from './observation.ts'
import { readPlugins, snapshottersOf } from './plugins.ts'
import { type CommittedSnapshots, createSnapshotLists } from './snapshots.ts'

/**
 * What is to be known about the images that are not in the default snapshotter, by target: the digests of their manifests, configs and
 * layers, as far as those that have been read name them. None for the others, whose config alone says where they are.
 */
export const imagesInDoubt = (observation: Observation): ReadonlyMap<string, readonly string[]> => {
  const images = readImages(observation)
  const content = readContentStore(observation)
  if (images === null || content === null) return new Map()
  const inDefault = defaultSnapshotsOf(observation)
  const last = known.get(content)
  if (last?.images === images && last.inDefault === inDefault) return last.doubtful
  const doubtful = doubtfulOf(images, content, inDefault)
  known.set(content, { images, inDefault, doubtful })
  return doubtful
}

interface Known {
  readonly images: readonly StoredImage[]
  readonly inDefault: CommittedSnapshots | null
  readonly doubtful: ReadonlyMap<string, readonly string[]>
}

// Most sweeps find the lists of the one before.
const known = new WeakMap<ContentStore, Known>()

const doubtfulOf = (
  images: readonly StoredImage[],
  content: ContentStore,
  inDefault: CommittedSnapshots | null,
): ReadonlyMap<string, readonly string[]> => {
  const doubtful = new Map<string, readonly string[]>()
  for (const image of images) {
    const candidates = candidatesOf(image, content)
    // Without the default's snapshots no layer makes a difference, but where an image is unpacked does.
    if (inDefault === null && candidates.length > 0) continue
    if (candidates.some(({ chainIDs }) => [...chainIDs.values()].some(chainID => inDefault?.has(chainID)))) continue
    doubtful.set(image.target, [...new Set([...image.configs, ...content.partsOf(image.target)])])
  }
  return doubtful
}

const defaultSnapshotsOf = (observation: Observation): CommittedSnapshots | null => {
  const plugins = readPlugins(observation)
  const snapshotters = plugins === null ? null : snapshottersOf(plugins)
  const { name } = defaultSnapshotterOf(observation, readCRIConfig(observation), snapshotters)
  return name === '' ? null : createSnapshotLists(observation)(name)
}
