import type { NodeReport } from '../../report/node-report.ts'
import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'
import { countOf, shortList } from '../short-list.ts'

/** SnapshotsMissing: containerd's labels say that the default snapshotter has an image, and the snapshotter does not have it. */
export const snapshotsMissing: ReportRule = (report, expected) => {
  const what = whatIsMissing(report)
  return what === null
    ? null
    : { reason: 'SnapshotsMissing', found: `containerd counts on snapshots that ${expected} does not have: ${what}` }
}

const whatIsMissing = ({ images, sandboxImage }: NodeReport): string | null => {
  const missing = images.missing ?? []
  if (missing.length > 0) return `${countOf(missing.length, 'image')} (${shortList(missing)})`
  return sandboxImage.status === 'Missing' ? `the sandbox image ${plainText(sandboxImage.reference)}`.trimEnd() : null
}
