// Ways to write containerd's configuration that look right and are not. Which form gives which default was tried on real daemons of
// 1.6, 1.7, 2.1 to 2.4; docs/evidence.md has the table.

import type { ContainerdSettings } from './containerd-settings.ts'
import { fieldOf, textOf } from './raw-fields.ts'

/** What a trap is and the way out of it, a sentence each. */
export interface ConfigTrapWords {
  readonly meaning: string
  readonly remedy: string
}

/** Every trap that is recognised, by the name that a report gives it. */
export const CONFIG_TRAPS = {
  VersionLineMissing: {
    meaning:
      'The file has no `version` line (or says 1), so containerd reads it as the oldest form and does not know the table that sets the snapshotter.',
    remedy:
      'Put `version = 2` (containerd 1.x) or `version = 3` (2.x) on the first line, with the table of that version.',
  },
  RuntimesTableMissing: {
    meaning:
      'containerd 2 migrates a version 2 file, but drops the snapshotter silently when the table has no `runtimes` beside it.',
    remedy: 'Set `snapshotter` in [plugins."io.containerd.cri.v1.images"] of a version 3 file instead.',
  },
  OldTableIgnored: {
    meaning:
      'The snapshotter is set in [plugins."io.containerd.grpc.v1.cri".containerd], which is not read there in a file of version 3 or later.',
    remedy: 'Set `snapshotter` in [plugins."io.containerd.cri.v1.images"].',
  },
  NewTableOnContainerd1: {
    meaning: 'The snapshotter is set in [plugins."io.containerd.cri.v1.images"], which containerd 1.x does not know.',
    remedy: 'Set `snapshotter` in [plugins."io.containerd.grpc.v1.cri".containerd] of a version 2 file.',
  },
  OldTableWins: {
    meaning:
      'Both tables set a snapshotter, and containerd takes the one of [plugins."io.containerd.grpc.v1.cri".containerd].',
    remedy: 'Remove the old table, or set the same snapshotter in both.',
  },
  DropInReplacesTable: {
    meaning:
      "An imported file has a table of the CRI plugin too, and containerd 1.x then drops the main file's whole table.",
    remedy: 'Repeat `snapshotter` and `disable_snapshot_annotations` in the imported file, or merge the files.',
  },
  NotRestarted: {
    meaning: 'The file sets the snapshotter, but it was changed after containerd had been started.',
    remedy: 'Do not restart containerd on a node in use: set the snapshotter at launch and replace the node.',
  },
  TransferWithoutUnpackConfig: {
    meaning: 'containerd pulls by its transfer service, which has no `unpack_config` for the snapshotter: pulls fail.',
    remedy: 'Set `disable_snapshot_annotations = false` in [plugins."io.containerd.cri.v1.images"].',
  },
  TransferWithoutAnnotations: {
    meaning:
      'containerd pulls by its transfer service and gives the snapshotter no annotations, so nothing is loaded lazily.',
    remedy: 'Set `enable_remote_snapshot_annotations = "true"` in [proxy_plugins.<name>.exports].',
  },
  ExportsRootMissing: {
    meaning: "The proxy plugin exports no root, so the kubelet watches the wrong folder's disk space.",
    remedy: 'Set `root` in [proxy_plugins.<name>.exports] to the folder of the snapshotter.',
  },
} as const satisfies Record<string, ConfigTrapWords>

/** The name of a recognised trap. */
export type ConfigTrap = keyof typeof CONFIG_TRAPS

/** The words for the trap that a report names; null when the name is not known, as of a newer agent. */
export const trapWords = (name: string): ConfigTrapWords | null =>
  Object.hasOwn(CONFIG_TRAPS, name) ? CONFIG_TRAPS[name as ConfigTrap] : null

/** What a trap is recognised by. */
export interface TrapEvidence {
  readonly settings: ContainerdSettings
  readonly containerd: { readonly major: number; readonly minor: number }
  readonly defaultSnapshotter: string
  readonly expectedSnapshotter: string
  /** True when a file was changed after containerd had been started; null when that could not be told. */
  readonly isChangedSinceStart: boolean | null
}

/** The trap that explains what the running containerd does; '' when none is recognised, or nobody asked for the snapshotter. */
export const findConfigTrap = (evidence: TrapEvidence): ConfigTrap | '' => {
  const { defaultSnapshotter, expectedSnapshotter } = evidence
  if (defaultSnapshotter === '') return ''
  return defaultSnapshotter === expectedSnapshotter ? trapOfRightDefault(evidence) : trapOfWrongDefault(evidence)
}

const trapOfWrongDefault = (evidence: TrapEvidence): ConfigTrap | '' => {
  const { settings, containerd, expectedSnapshotter: expected, isChangedSinceStart } = evidence
  const { inOldTable, inOldTableOfMainFile, inNewTable } = settings
  if (![inOldTable, inOldTableOfMainFile, inNewTable].includes(expected)) return ''
  const trap = containerd.major < 2 ? trapOf1(settings, expected) : trapOf2(settings, expected)
  return trap === '' && isChangedSinceStart === true ? 'NotRestarted' : trap
}

const trapOf1 = (
  { version, inOldTable, inOldTableOfMainFile, inNewTable }: ContainerdSettings,
  expected: string,
): ConfigTrap | '' => {
  if (inOldTable === expected) return isVersionMissing(version) ? 'VersionLineMissing' : ''
  if (inOldTableOfMainFile === expected) return 'DropInReplacesTable'
  return inNewTable === expected ? 'NewTableOnContainerd1' : ''
}

const trapOf2 = (
  { version, inOldTable, inNewTable, hasRuntimes }: ContainerdSettings,
  expected: string,
): ConfigTrap | '' => {
  if (inNewTable === expected) return inOldTable !== '' && inOldTable !== expected ? 'OldTableWins' : ''
  if (inOldTable !== expected) return ''
  if (version !== null && version >= 3) return 'OldTableIgnored'
  if (isVersionMissing(version)) return 'VersionLineMissing'
  return hasRuntimes ? '' : 'RuntimesTableMissing'
}

const isVersionMissing = (version: number | null): boolean => version === null || version < 2

const trapOfRightDefault = (evidence: TrapEvidence): ConfigTrap | '' => {
  const { settings, containerd, expectedSnapshotter: expected } = evidence
  const plugin = settings.proxyPlugin(expected)
  if (plugin === undefined) return ''
  const exported = fieldOf(plugin, 'exports')
  const usesTransfer = containerd.major > 2 || (containerd.major === 2 && containerd.minor >= 1)
  if (usesTransfer && !settings.pullsLocally) {
    if (!settings.unpackSnapshotters.includes(expected)) return 'TransferWithoutUnpackConfig'
    if (textOf(exported, 'enable_remote_snapshot_annotations') !== 'true') return 'TransferWithoutAnnotations'
  }
  return textOf(exported, 'root') === '' ? 'ExportsRootMissing' : ''
}
