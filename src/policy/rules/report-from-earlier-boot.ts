import type { TrustRule } from '../finding.ts'
import { toldText } from '../plain-text.ts'

/** ReportFromEarlierBoot: the Node has been restarted since the report, or one of the two does not tell its boot. */
export const reportFromEarlierBoot: TrustRule = ({ node, report }) =>
  node.bootID !== '' && node.bootID === report.bootID
    ? null
    : {
        reason: 'ReportFromEarlierBoot',
        found: `the report is from boot ${toldText(report.bootID)}, but the Node is in boot ${toldText(node.bootID)}`,
      }
