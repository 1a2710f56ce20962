/** A kind of report that a cluster may have. */
export interface ReportApi {
  readonly apiVersion: string
  readonly kind: string
  /** Plural, lower case. */
  readonly resource: string
  /** True where the report itself names what made it, not only each result. */
  readonly hasSource: boolean
}

/** In the order of preference; the first that the cluster serves is written. */
export const REPORT_APIS: readonly ReportApi[] = [
  { apiVersion: 'openreports.io/v1alpha1', kind: 'Report', resource: 'reports', hasSource: true },
  { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', resource: 'policyreports', hasSource: false },
]

/** The path of the reports in a namespace. */
export const reportsPath = ({ apiVersion, resource }: ReportApi, namespace: string): string =>
  `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${resource}`

/** What our reports carry, so that they can be told from those of others. */
export const OUR_REPORTS = { 'app.kubernetes.io/managed-by': 'soci-guard' } as const

/** The same as a selector. */
export const OUR_REPORTS_SELECTOR = Object.entries(OUR_REPORTS)
  .map(([key, value]) => `${key}=${value}`)
  .join()
