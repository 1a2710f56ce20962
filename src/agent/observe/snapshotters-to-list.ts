import { readContainers } from '../../report/facts/containers.ts'
import { readCRIConfig } from '../../report/facts/cri-config.ts'
import { defaultSnapshotterOf } from '../../report/facts/default-snapshotter.ts'
import type { Observation } from '../../report/facts/observation.ts'
import { readPlugins, snapshottersOf } from '../../report/facts/plugins.ts'

/** The registered snapshotters that matter: the expected one, the default, and every one that a container or an image is in. */
export const snapshottersToList = (
  daemon: Observation,
  expectedSnapshotter: string,
  ofImages: ReadonlySet<string>,
): readonly string[] => {
  const plugins = readPlugins(daemon)
  if (plugins === null) return [expectedSnapshotter]
  const snapshotters = snapshottersOf(plugins)
  const used = new Set([
    expectedSnapshotter,
    defaultSnapshotterOf(daemon, readCRIConfig(daemon), snapshotters).name,
    ...(readContainers(daemon) ?? []).map(({ snapshotter }) => snapshotter),
    ...ofImages,
  ])
  return snapshotters.map(({ id }) => id).filter(id => used.has(id))
}

/** Where containerd calls the snapshotter plugin; '' for one of its own, or where that is not known. */
export const pluginAddress = (observation: Observation, snapshotter: string): string =>
  snapshottersOf(readPlugins(observation) ?? [])
    .find(({ id }) => id === snapshotter)
    ?.exports.get('address') ?? ''
