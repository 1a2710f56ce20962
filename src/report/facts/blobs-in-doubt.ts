import { readContentStore } from './content-store.ts'
import { readCRIConfig } from './cri-config.ts'
import { defaultSnapshotterOf } from './default-snapshotter.ts'
import { readImageTargets } from './images.ts'
import type { Observation } from './observation.ts'
import { readPlugins, snapshottersOf } from './plugins.ts'
import { createSnapshotLists } from './snapshots.ts'

/** The layers and configs on which it depends where the images outside the default snapshotter stand; none where all are in it. */
export const blobsInDoubt = (observation: Observation): readonly string[] => {
  const plugins = readPlugins(observation)
  const config = readCRIConfig(observation)
  const { name } = defaultSnapshotterOf(observation, config, plugins === null ? null : snapshottersOf(plugins))
  const content = readContentStore(observation)
  const inDefault = name === '' ? null : createSnapshotLists(observation)(name)
  const targets = readImageTargets(observation)
  if (content === null || inDefault === null || targets === null) return []
  const isInDefault = (chainIDs: ReadonlyMap<string, string>): boolean =>
    [...chainIDs.values()].some(chainID => inDefault.has(chainID))
  const doubtful = [...targets].flatMap(target =>
    content.manifestsOf(target).flatMap(({ config: digest, layers }) => {
      const chainIDs = content.snapshotsOf(digest)
      if (chainIDs === undefined) return [digest, ...layers]
      return isInDefault(chainIDs) ? [] : layers
    }),
  )
  return [...new Set(doubtful)]
}
