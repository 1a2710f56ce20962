import { readContentStore } from './content-store.ts'
import { readCRIConfig } from './cri-config.ts'
import { defaultSnapshotterOf } from './default-snapshotter.ts'
import { candidatesOf } from './image-place.ts'
import { readImages } from './images.ts'
import type { Observation } from './observation.ts'
import { readPlugins, snapshottersOf } from './plugins.ts'
import { createSnapshotLists } from './snapshots.ts'

/**
 * What is to be known about the images that are not in the default snapshotter, by target: the digests of their manifests, configs and
 * layers, as far as those that have been read name them. None for the others, whose config alone says where they are.
 */
export const imagesInDoubt = (observation: Observation): ReadonlyMap<string, readonly string[]> => {
  const doubtful = new Map<string, readonly string[]>()
  const images = readImages(observation)
  const content = readContentStore(observation)
  if (images === null || content === null) return doubtful
  const inDefault = defaultSnapshotsOf(observation)
  for (const image of images) {
    const candidates = candidatesOf(image, content)
    // Without the default's snapshots no layer makes a difference, but where an image is unpacked does.
    if (inDefault === null && candidates.length > 0) continue
    if (candidates.some(({ chainIDs }) => [...chainIDs.values()].some(chainID => inDefault?.has(chainID)))) continue
    doubtful.set(image.target, [...new Set([...image.configs, ...content.partsOf(image.target)])])
  }
  return doubtful
}

const defaultSnapshotsOf = (observation: Observation) => {
  const plugins = readPlugins(observation)
  const snapshotters = plugins === null ? null : snapshottersOf(plugins)
  const { name } = defaultSnapshotterOf(observation, readCRIConfig(observation), snapshotters)
  return name === '' ? null : createSnapshotLists(observation)(name)
}
