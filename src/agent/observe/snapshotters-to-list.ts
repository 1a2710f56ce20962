import { CALLS } from '../../report/facts/calls.ts'
import { readContainers } from '../../report/facts/containers.ts'
import { SNAPSHOT_LABELS } from '../../report/facts/content-store.ts'
import { readCRIConfig } from '../../report/facts/cri-config.ts'
import { defaultSnapshotterOf } from '../../report/facts/default-snapshotter.ts'
import { answerTo, type Observation } from '../../report/facts/observation.ts'
import { readPlugins, snapshottersOf } from '../../report/facts/plugins.ts'
import { fieldOf, listIn } from '../../report/facts/raw-fields.ts'

/** The registered snapshotters that matter: the expected one, the default, and every one that a container or an image is in. */
export const snapshottersToList = (observation: Observation, expectedSnapshotter: string): readonly string[] => {
  const plugins = readPlugins(observation)
  if (plugins === null) return [expectedSnapshotter]
  const snapshotters = snapshottersOf(plugins)
  const used = new Set([
    expectedSnapshotter,
    defaultSnapshotterOf(observation, readCRIConfig(observation), snapshotters).name,
    ...(readContainers(observation) ?? []).map(({ snapshotter }) => snapshotter),
    ...snapshottersOfImages(observation),
  ])
  return snapshotters.map(({ id }) => id).filter(id => used.has(id))
}

const snapshottersOfImages = (observation: Observation): Set<string> => {
  const found = new Set<string>()
  for (const blob of listIn(answerTo(observation, CALLS.content), 'info') ?? []) {
    for (const key of Object.keys(fieldOf(blob, 'labels') ?? {})) {
      if (key.startsWith(SNAPSHOT_LABELS)) found.add(key.slice(SNAPSHOT_LABELS.length))
    }
  }
  return found
}

/** Where containerd calls the snapshotter plugin; '' for one of its own, or where that is not known. */
export const pluginAddress = (observation: Observation, snapshotter: string): string =>
  snapshottersOf(readPlugins(observation) ?? [])
    .find(({ id }) => id === snapshotter)
    ?.exports.get('address') ?? ''
