import type { Finding } from '../finding.ts'

/** NoReport: what there is to say about a node that no NodeSnapshotter object is named after. */
export const NO_REPORT: Finding = { reason: 'NoReport', found: 'no report of its snapshotters exists' }
