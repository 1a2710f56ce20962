import type { NodeReport } from '../report/node-report.ts'

/** How two reports of one agent differ: `count` when only numbers of containers or images do. */
export type ReportChange = 'none' | 'count' | 'fact'

/** What changed between two reports, their number and time apart. */
export const reportChange = (before: NodeReport, after: NodeReport): ReportChange => {
  if (JSON.stringify(withoutCounts(before)) !== JSON.stringify(withoutCounts(after))) return 'fact'
  return JSON.stringify(countsOf(before)) === JSON.stringify(countsOf(after)) ? 'none' : 'count'
}

// Whether there are any is a fact; how many there are tells people something, and no rule.
const withoutCounts = (report: NodeReport): unknown => ({
  ...report,
  containers: { ...report.containers, bySnapshotter: snapshottersInUse(report.containers.bySnapshotter) },
  images: { ...report.images, total: report.images.total === null },
  sequence: 0,
  renewTime: '',
})

const snapshottersInUse = (counts: NodeReport['containers']['bySnapshotter']): string[] | null =>
  counts === null
    ? null
    : Object.keys(counts)
        .filter(name => (counts[name] ?? 0) > 0)
        .sort()

const countsOf = ({ containers, images }: NodeReport): unknown => [
  Object.entries(containers.bySnapshotter ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)),
  images.total,
]
