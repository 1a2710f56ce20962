import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** SnapshotterNotRegistered: another snapshotter is the default, and containerd does not even know the expected one. */
export const snapshotterNotRegistered: ReportRule = ({ defaultSnapshotter, snapshotters }, expected) =>
  defaultSnapshotter.name === expected || snapshotters.some(({ name, registered }) => name === expected && registered)
    ? null
    : {
        reason: 'SnapshotterNotRegistered',
        found: `${plainText(defaultSnapshotter.name)} is the default snapshotter and ${expected} is not registered in containerd`,
      }
