// From what the daemons answered to the facts of a report. Nothing here decides about the node: that is policy's, and the same for an
// agent, for `inspect` on a node and for a capture.

import type { NodeReport } from '../node-report.ts'
import { CALLS } from './calls.ts'
import { findConfigTrap } from './config-trap.ts'
import { containerFacts } from './container-facts.ts'
import { readContainerdFiles } from './containerd-files.ts'
import { parseContainerdRelease } from './containerd-release.ts'
import { type ContainerdSettings, readContainerdSettings } from './containerd-settings.ts'
import { readContainers } from './containers.ts'
import { readContentStore } from './content-store.ts'
import { readCRIConfig } from './cri-config.ts'
import { criErrorOf } from './cri-error.ts'
import { defaultSnapshotterOf } from './default-snapshotter.ts'
import { discardUnpackedLayersOf } from './discard-unpacked-layers.ts'
import { imageFacts, unknownImageFacts } from './image-facts.ts'
import { readImages } from './images.ts'
import { answerTo, type Observation } from './observation.ts'
import { readPlugins, snapshottersOf } from './plugins.ts'
import { readPodSandboxes } from './pod-sandboxes.ts'
import { textOf } from './raw-fields.ts'
import { registryAuthenticationOf } from './registry-authentication.ts'
import { findSandboxImages } from './sandbox-images.ts'
import { readSession, startTimeMsOf } from './session.ts'
import { snapshotAnnotationsOf } from './snapshot-annotations.ts'
import { createSnapshotLists } from './snapshots.ts'
import { snapshotterFacts } from './snapshotter-facts.ts'

/** The part of a report that comes from a node's daemons. */
export type Facts = Pick<
  NodeReport,
  | 'runtime'
  | 'defaultSnapshotter'
  | 'snapshotters'
  | 'runtimeHandlers'
  | 'containers'
  | 'images'
  | 'sandboxImage'
  | 'discardUnpackedLayers'
  | 'snapshotAnnotations'
  | 'configTrap'
  | 'registryAuthentication'
>

/** What else the facts depend on. */
export interface FactsOptions {
  readonly expectedSnapshotter: string
  /** When this boot began; null where that is not known, and everything then counts as of this boot. */
  readonly bootTimeMs: number | null
}

/** The facts in an observation; what a call did not tell is null or '', never a no. */
export const reportFacts = (observation: Observation, options: FactsOptions): Facts => {
  const plugins = readPlugins(observation)
  const snapshotters = plugins === null ? null : snapshottersOf(plugins)
  const config = readCRIConfig(observation)
  const version = textOf(answerTo(observation, CALLS.version), 'version')
  const settings = readContainerdSettings(readContainerdFiles(observation), parseContainerdRelease(version).major)
  const defaultSnapshotter = defaultSnapshotterOf(observation, config, snapshotters)
  const runtimeHandlers = (config?.runtimes ?? []).map(({ name, snapshotter }) => ({ name, snapshotter }))
  const containers = readContainers(observation)
  const images = readImages(observation)
  const sandbox = findSandboxImages(images ?? [], config, containers ?? [])
  const content = readContentStore(observation)
  const { name } = defaultSnapshotter
  return {
    runtime: {
      name: 'containerd',
      version,
      rootUUID: textOf(answerTo(observation, CALLS.server), 'uuid'),
      session: readSession(observation),
      criError: criErrorOf(observation, plugins),
    },
    defaultSnapshotter,
    snapshotters: snapshotterFacts(observation, plugins, options.expectedSnapshotter),
    runtimeHandlers,
    containers: containerFacts(containers, {
      defaultSnapshotter: name,
      runtimeHandlers,
      sandboxes: readPodSandboxes(observation),
    }),
    ...(images === null || content === null || name === ''
      ? unknownImageFacts(images?.length ?? null, sandbox.reference)
      : imageFacts(
          images,
          sandbox,
          {
            content,
            snapshotsOf: createSnapshotLists(observation),
            defaultSnapshotter: name,
            handlerSnapshotters: new Set(runtimeHandlers.map(({ snapshotter }) => snapshotter)),
          },
          options.bootTimeMs,
        )),
    discardUnpackedLayers: discardUnpackedLayersOf(config, plugins, settings?.discardUnpackedLayers ?? null),
    snapshotAnnotations: snapshotAnnotationsOf(observation, {
      config,
      snapshotters,
      defaultSnapshotter: name,
      byFile: annotationsByFile(settings, name),
      content,
      images: (images ?? []).filter(image => !sandbox.all.has(image)),
    }),
    configTrap: configTrapOf(observation, settings, version, name, options.expectedSnapshotter),
    registryAuthentication: registryAuthenticationOf(observation, options.expectedSnapshotter),
  }
}

// A file that names another default than the one in use is not the file that containerd was started with.
const annotationsByFile = (settings: ContainerdSettings | null, defaultSnapshotter: string): boolean | null => {
  if (settings === null || ![settings.inNewTable, settings.inOldTable].includes(defaultSnapshotter)) return null
  return settings.disableSnapshotAnnotations === false
}

const configTrapOf = (
  observation: Observation,
  settings: ContainerdSettings | null,
  version: string,
  defaultSnapshotter: string,
  expectedSnapshotter: string,
): string => {
  if (settings === null) return ''
  const startTimeMs = startTimeMsOf(observation)
  return findConfigTrap({
    settings,
    containerd: parseContainerdRelease(version),
    defaultSnapshotter,
    expectedSnapshotter,
    isChangedSinceStart:
      startTimeMs === null
        ? null
        : readContainerdFiles(observation).some(({ modifiedAtMs }) => (modifiedAtMs ?? 0) > startTimeMs),
  })
}
