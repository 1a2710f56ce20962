// Whether containerd tells the snapshotter which image and layer a snapshot is for; without, SOCI can load nothing lazily. containerd 2
// does not tell the setting, but it leaves its traces: what was pulled carries the annotations as labels.

import { snapshotsCall } from './calls.ts'
import type { ContentStore } from './content-store.ts'
import type { CRIConfig } from './cri-config.ts'
import { candidatesOf } from './image-place.ts'
import type { StoredImage } from './images.ts'
import { answerTo, type Observation } from './observation.ts'
import type { Plugin } from './plugins.ts'
import { fieldOf, listIn, textOf } from './raw-fields.ts'

const TRACES = ['containerd.io/snapshot/cri.image-ref', 'containerd.io/snapshot/remote']

/** What the annotations are judged by. */
export interface AnnotationEvidence {
  readonly config: CRIConfig | null
  readonly snapshotters: readonly Plugin[] | null
  readonly defaultSnapshotter: string
  /** What containerd's configuration file says; null when it does not, or could not be read. */
  readonly byFile: boolean | null
  readonly content: ContentStore | null
  /** The images besides the sandbox image, which machine images bring along without annotations. */
  readonly images: readonly StoredImage[]
}

/** True when the default snapshotter is told what it is to load, false when it is not, null when that could not be told. */
export const snapshotAnnotationsOf = (observation: Observation, evidence: AnnotationEvidence): boolean | null => {
  const { config, snapshotters, defaultSnapshotter } = evidence
  if (config !== null && config.disableSnapshotAnnotations !== null) return !config.disableSnapshotAnnotations
  const plugin = snapshotters?.find(({ id }) => id === defaultSnapshotter)
  if (plugin?.exports.get('enable_remote_snapshot_annotations') === 'true') return true
  const snapshots = listIn(answerTo(observation, snapshotsCall(defaultSnapshotter)), 'info')
  if (snapshots?.some(hasTrace)) return true
  return isPulledWithout(snapshots, evidence) ? false : evidence.byFile
}

const hasTrace = (snapshot: unknown): boolean => {
  const labels = fieldOf(snapshot, 'labels')
  return TRACES.some(trace => textOf(labels, trace) !== '')
}

// Only a pull leaves a name by digest, and only an image that was never anywhere else was surely pulled into the default.
const isPulledWithout = (
  snapshots: readonly unknown[] | null,
  { content, images, defaultSnapshotter }: AnnotationEvidence,
): boolean => {
  if (snapshots === null || snapshots.length === 0 || content === null) return false
  const present = new Set(snapshots.map(snapshot => textOf(snapshot, 'name')))
  return images.some(
    image =>
      image.names.some(name => name.includes('@')) &&
      candidatesOf(image, content).some(({ chainIDs }) => {
        const chainID = chainIDs.get(defaultSnapshotter)
        return chainID !== undefined && chainIDs.size === 1 && present.has(chainID)
      }),
  )
}
