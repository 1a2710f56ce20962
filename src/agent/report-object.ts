import type { NodeReport } from '../report/node-report.ts'
import { REPORT_API_VERSION, REPORT_KIND } from '../report/parse-node-report.ts'
import { REPORT_LIMITS, shortenReport } from './shorten-report.ts'

/** A report as JSON is at most this long, in bytes. */
export const MAX_REPORT_BYTES = 8192

/** The JSON text of the NodeSnapshotter object for server-side apply: at most 8 KiB, owned by the Node, what could not be told left out. */
export const reportObject = (report: NodeReport, expectedSnapshotter: string): string => {
  let text = ''
  for (const limits of REPORT_LIMITS) {
    text = JSON.stringify(objectOf(shortenReport(report, limits, expectedSnapshotter)), leaveOutNull)
    if (Buffer.byteLength(text) <= MAX_REPORT_BYTES) return text
  }
  return text
}

const objectOf = ({ name, ...spec }: NodeReport): unknown => ({
  apiVersion: REPORT_API_VERSION,
  kind: REPORT_KIND,
  metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: spec.nodeUID }] },
  spec: {
    ...spec,
    bootTime: timeOf(spec.bootTime),
    runtime: {
      ...spec.runtime,
      session: spec.runtime.session && { ...spec.runtime.session, startTime: timeOf(spec.runtime.session.startTime) },
    },
    mixed: spec.mixed && { ...spec.mixed, since: timeOf(spec.mixed.since) },
  },
})

// The API server refuses an empty text where it expects a time.
const timeOf = (text: string): string | null => (text === '' ? null : text)

// Absent and null are the same to every reader, and the API server keeps no null by server-side apply everywhere.
const leaveOutNull = (_key: string, value: unknown): unknown => (value === null ? undefined : value)
