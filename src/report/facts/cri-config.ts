// containerd's CRI tells its configuration as JSON in a verbose Status: up to 1.7 all of it, from 2.0 the runtime part only, which
// has no default snapshotter in it.

import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { entriesOf, fieldOf, flagOf, textOf } from './raw-fields.ts'

/** A runtime handler in CRI's configuration. */
export interface RuntimeHandler {
  readonly name: string
  /** '' = the default one. */
  readonly snapshotter: string
  /** True when sandboxes of this handler need no pause image. */
  readonly withoutSandboxImage: boolean
}

/** What CRI tells of its configuration; '' and null where this containerd does not tell. */
export interface CRIConfig {
  readonly snapshotter: string
  readonly defaultRuntimeName: string
  readonly runtimes: readonly RuntimeHandler[]
  readonly sandboxImage: string
  readonly disableSnapshotAnnotations: boolean | null
  readonly discardUnpackedLayers: boolean | null
  readonly containerdRootDir: string
}

/** CRI's configuration by its own words; null when it did not tell any. */
export const readCRIConfig = (observation: Observation): CRIConfig | null => {
  const config = answerTo(observation, CALLS.criConfig) ?? configInStatus(answerTo(observation, CALLS.criStatus))
  if (typeof config !== 'object' || config === null) return null
  const containerd = fieldOf(config, 'containerd')
  return {
    snapshotter: textOf(containerd, 'snapshotter'),
    defaultRuntimeName: textOf(containerd, 'defaultRuntimeName'),
    runtimes: entriesOf(containerd, 'runtimes').map(([name, runtime]) => ({
      name,
      snapshotter: textOf(runtime, 'snapshotter'),
      withoutSandboxImage: (textOf(runtime, 'sandboxer') || textOf(runtime, 'sandboxMode')) === 'shim',
    })),
    sandboxImage: textOf(config, 'sandboxImage'),
    disableSnapshotAnnotations: flagOf(containerd, 'disableSnapshotAnnotations'),
    discardUnpackedLayers: flagOf(containerd, 'discardUnpackedLayers'),
    containerdRootDir: textOf(config, 'containerdRootDir'),
  }
}

const configInStatus = (status: unknown): unknown => {
  const text = textOf(fieldOf(status, 'info'), 'config')
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
