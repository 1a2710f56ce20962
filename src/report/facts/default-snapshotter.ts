// The default snapshotter is read from the running daemon: up to containerd 1.7 CRI's Status names it; from 2.0 nothing does, but
// ImageFsInfo gives the root of the default snapshotter first, on purpose (internal/cri/server/images/imagefs_info.go). A plugin that
// is registered, or a configuration file, proves nothing about it.

import type { NodeReport } from '../node-report.ts'
import { CALLS } from './calls.ts'
import type { CRIConfig } from './cri-config.ts'
import { answerTo, type Observation } from './observation.ts'
import { normalPath, type Plugin } from './plugins.ts'
import { fieldOf, listIn, textOf } from './raw-fields.ts'

const UNKNOWN = { name: '', source: '' } as const

// How containerd calls the root of a snapshotter that exports none.
const ROOT_BY_NAME = /\/io\.containerd\.snapshotter\.v1\.([^/]+)$/

/** The snapshotter of a pod without a runtime handler of its own, and the call that told it; both '' when it could not be told. */
export const defaultSnapshotterOf = (
  observation: Observation,
  config: CRIConfig | null,
  snapshotters: readonly Plugin[] | null,
): NodeReport['defaultSnapshotter'] => {
  const byStatus = config?.snapshotter ?? ''
  const byImageFs = snapshotterOfImageFs(answerTo(observation, CALLS.imageFs), snapshotters ?? [])
  // Two calls to the same daemon that contradict each other prove neither.
  if (byStatus !== '' && byImageFs !== '' && byStatus !== byImageFs) return UNKNOWN
  const name = byStatus || byImageFs
  if (name === '') return UNKNOWN
  const ofRuntime = snapshotterOfDefaultRuntime(config)
  if (ofRuntime !== '') return { name: ofRuntime, source: 'Status' }
  return { name, source: byStatus === '' ? 'ImageFsInfo' : 'Status' }
}

const snapshotterOfImageFs = (answer: unknown, snapshotters: readonly Plugin[]): string => {
  const first = listIn(answer, 'image_filesystems')?.[0]
  const mountpoint = normalPath(textOf(fieldOf(first, 'fs_id'), 'mountpoint'))
  if (mountpoint === '') return ''
  const byRoot = snapshotters.filter(({ exports }) => normalPath(exports.get('root') ?? '') === mountpoint)
  if (byRoot.length === 1) return byRoot[0]?.id ?? ''
  // Two snapshotters that claim the same root cannot be told apart by it.
  if (byRoot.length > 1) return ''
  return ROOT_BY_NAME.exec(mountpoint)?.[1] ?? ''
}

// A pod that names no handler is run by the default one, whose own snapshotter then decides, whatever images are pulled into.
const snapshotterOfDefaultRuntime = (config: CRIConfig | null): string =>
  config?.runtimes.find(({ name }) => name === config.defaultRuntimeName)?.snapshotter ?? ''
