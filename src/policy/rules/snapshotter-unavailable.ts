import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** SnapshotterUnavailable: a real call on the plugin's own address failed; that no call could be made proves nothing. */
export const snapshotterUnavailable: ReportRule = ({ snapshotters }, expected) => {
  const silent = snapshotters.find(({ name, responds }) => name === expected && responds === false)
  if (silent === undefined) return null
  const where = silent.address === '' ? '' : ` at ${plainText(silent.address)}`
  return {
    reason: 'SnapshotterUnavailable',
    found: `${expected} is the default snapshotter but does not answer${where}`,
  }
}
