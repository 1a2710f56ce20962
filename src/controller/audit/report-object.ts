import { plainText } from '../../policy/plain-text.ts'
import type { ScanRow } from '../../scan/pod-tally.ts'
import { OUR_REPORTS, type ReportApi } from './report-api.ts'

/** The node that a report is about. */
export interface ReportedNode {
  readonly name: string
  readonly uid: string
  /** What was found there; not empty. */
  readonly rows: readonly ScanRow[]
}

/** How many results a report holds; a node runs 110 pods unless it is told to run more. */
export const MAX_RESULTS = 100

const SOURCE = 'soci-guard'
const POLICY = 'soci-snapshotter'
const CATEGORY = 'Container runtime'
const LONGEST_MESSAGE = 600

/** The report on a node, one result for each workload; the node owns it, so that it goes when the node goes. */
export const reportObject = (api: ReportApi, namespace: string, node: ReportedNode): object => {
  const { name, uid, rows } = node
  const scope = { apiVersion: 'v1', kind: 'Node', name, uid }
  const leftOut = rows.length - MAX_RESULTS
  return {
    apiVersion: api.apiVersion,
    kind: api.kind,
    metadata: {
      name,
      namespace,
      labels: OUR_REPORTS,
      ...(leftOut > 0 && { annotations: { 'soci-guard.dev/results-left-out': String(leftOut) } }),
      ownerReferences: [scope],
    },
    ...(api.hasSource && { source: SOURCE }),
    scope,
    summary: summaryOf(rows),
    results: rows.slice(0, MAX_RESULTS).map(resultOf),
  }
}

const isFailure = ({ decision }: ScanRow): boolean => decision === 'deny'

const summaryOf = (rows: readonly ScanRow[]) => {
  const fail = rows.filter(isFailure).length
  return { pass: 0, fail, warn: rows.length - fail, error: 0, skip: 0 }
}

const resultOf = (row: ScanRow): object => {
  const { owner, namespace, state, reason, decision, count, pods, message } = row
  const { uid, ...named } = owner
  return {
    source: SOURCE,
    policy: POLICY,
    rule: reason,
    category: CATEGORY,
    result: isFailure(row) ? 'fail' : 'warn',
    severity: isFailure(row) ? 'high' : 'medium',
    scored: isFailure(row),
    message: plainText(message, LONGEST_MESSAGE),
    resources: [{ ...named, namespace, ...(uid !== '' && { uid }) }],
    properties: { state, decision, pods: String(count), podNames: pods.join() },
  }
}
