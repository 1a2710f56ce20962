import type { ReportRule } from '../finding.ts'

/** DefaultUnknown: the running containerd would not tell which snapshotter is its default; its configuration file proves nothing. */
export const defaultUnknown: ReportRule = ({ defaultSnapshotter }) =>
  defaultSnapshotter.name === ''
    ? { reason: 'DefaultUnknown', found: 'the running containerd did not tell its default snapshotter' }
    : null
