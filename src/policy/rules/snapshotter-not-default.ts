import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** SnapshotterNotDefault: the expected snapshotter is registered, but pods get another one; a recognised cause is named. */
export const snapshotterNotDefault: ReportRule = ({ defaultSnapshotter, configTrap }, expected) =>
  defaultSnapshotter.name === expected
    ? null
    : {
        reason: 'SnapshotterNotDefault',
        found: `${plainText(defaultSnapshotter.name)} is the default snapshotter, not ${expected}${trap(configTrap)}`,
      }

const trap = (configTrap: string): string =>
  configTrap === '' ? '' : ` (containerd's configuration has the trap ${plainText(configTrap)})`
