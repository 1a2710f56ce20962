import type { NodeReport } from '../report/node-report.ts'
import type { AgentState } from './agent-state.ts'
import { reportChange } from './report-change.ts'

/** Reports that differ only in how many containers or images there are go out at most this often. */
export const COUNT_GAP_MS = 10_000

/** When the report is due at the API server; never (Infinity) while it may not be sent or is on its way. */
export const publishDueMs = ({ cluster, mustRetract }: AgentState, report: NodeReport | null): number => {
  const { publication, published, isUncertain, notBeforeMs, isIdentifying, identifyAtMs } = cluster
  if (report === null || isIdentifying || identifyAtMs !== Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  // A doubt overtakes what claims to be verified, at once; everything else waits its turn.
  if (publication !== null) {
    return publication.verified && mustRetract ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  if (published === null || isUncertain) return notBeforeMs
  switch (reportChange(published.report, report)) {
    case 'fact':
      return notBeforeMs
    case 'count':
      return Math.max(notBeforeMs, Math.min(published.atMs + COUNT_GAP_MS, published.renewAtMs))
    case 'none':
      return Math.max(notBeforeMs, published.renewAtMs)
  }
}
