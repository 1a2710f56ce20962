import { reportSpec } from '../report/write-node-report.ts'
import type { Inspection } from './inspect-verdict.ts'

/** What `inspect -o json` prints: stable, scripts rely on it. */
export const inspectionRecord = ({ verdict, report }: Inspection) => ({
  state: verdict.state,
  reason: verdict.reason,
  message: verdict.message,
  defaultSnapshotter: verdict.defaultSnapshotter,
  advisories: verdict.advisories,
  report: reportSpec(report),
})
