import type { TrustRule } from '../finding.ts'
import { toldText } from '../plain-text.ts'

/** ReportFromOtherNode: the report was made for a Node object of the same name that has been replaced, or does not say for which. */
export const reportFromOtherNode: TrustRule = ({ node, report }) =>
  node.uid !== '' && node.uid === report.nodeUID
    ? null
    : {
        reason: 'ReportFromOtherNode',
        found: `the report is about the Node with UID ${toldText(report.nodeUID)}, but this Node's is ${toldText(node.uid)}`,
      }
