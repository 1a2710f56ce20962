import { type ContainerdFile, mergeFiles, tableAt } from './containerd-files.ts'
import { fieldOf, flagOf, listIn, textOf } from './raw-fields.ts'

const OLD_TABLE = ['plugins', 'io.containerd.grpc.v1.cri'] as const
const NEW_TABLE = ['plugins', 'io.containerd.cri.v1.images'] as const
const TRANSFER_TABLE = ['plugins', 'io.containerd.transfer.v1.local'] as const

// What else makes CRI pull by itself; the last three are of its `registry` table.
const LOCAL_PULL_KEYS = [
  'use_local_image_pull',
  'max_concurrent_downloads',
  'image_pull_with_sync_fs',
  'mirrors',
  'configs',
  'auths',
]

const DEFAULT_CONCURRENT_DOWNLOADS = 3

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== DEFAULT_CONCURRENT_DOWNLOADS

/** What containerd's files say about snapshotters, whether this containerd reads it there or not. */
export interface ContainerdSettings {
  /** The main file's version line; null without one. */
  readonly version: number | null
  /** In plugins."io.containerd.grpc.v1.cri".containerd, the place up to containerd 1.7; '' when it is not there. */
  readonly inOldTable: string
  /** The same in the main file alone, before an import replaced it. */
  readonly inOldTableOfMainFile: string
  /** In plugins."io.containerd.cri.v1.images", the place from containerd 2.0. */
  readonly inNewTable: string
  readonly hasRuntimes: boolean
  readonly disableSnapshotAnnotations: boolean | null
  readonly discardUnpackedLayers: boolean | null
  /** True when something makes CRI pull images itself instead of by the transfer service (CheckLocalImagePullConfigs). */
  readonly pullsLocally: boolean
  readonly unpackSnapshotters: readonly string[]
  /** The proxy plugin of the given name; undefined when there is none. */
  proxyPlugin(name: string): unknown
}

/** The settings in the files for a containerd of that major version; null without files. */
export const readContainerdSettings = (files: readonly ContainerdFile[], major: number): ContainerdSettings | null => {
  const main = files[0]
  if (main === undefined) return null
  const merged = mergeFiles(files, major)
  const oldTable = tableAt(merged, ...OLD_TABLE, 'containerd')
  const newTable = tableAt(merged, ...NEW_TABLE)
  const version = fieldOf(main.config, 'version')
  const flag = (key: string): boolean | null => flagOf(newTable, key) ?? flagOf(oldTable, key)
  return {
    version: typeof version === 'number' ? version : null,
    inOldTable: textOf(oldTable, 'snapshotter'),
    inOldTableOfMainFile: textOf(tableAt(main.config, ...OLD_TABLE, 'containerd'), 'snapshotter'),
    inNewTable: textOf(newTable, 'snapshotter'),
    hasRuntimes: fieldOf(oldTable, 'runtimes') !== undefined,
    disableSnapshotAnnotations: flag('disable_snapshot_annotations'),
    discardUnpackedLayers: flag('discard_unpacked_layers'),
    pullsLocally:
      flag('disable_snapshot_annotations') === false ||
      flag('discard_unpacked_layers') === true ||
      LOCAL_PULL_KEYS.some(key => isSet(fieldOf(newTable, key)) || isSet(tableAt(newTable, 'registry', key))),
    unpackSnapshotters: (listIn(tableAt(merged, ...TRANSFER_TABLE), 'unpack_config') ?? []).map(entry =>
      textOf(entry, 'snapshotter'),
    ),
    proxyPlugin: name => tableAt(merged, 'proxy_plugins', name),
  }
}
