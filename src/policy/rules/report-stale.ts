import type { TrustRule } from '../finding.ts'

/** ReportStale: the report has not been renewed within its time to live. */
export const reportStale: TrustRule = ({ fresh, reportTTLMs }) =>
  fresh
    ? null
    : { reason: 'ReportStale', found: `the report has not been renewed for more than ${reportTTLMs / 1000} seconds` }
