// Garbage collection erases the evidence of a mixed state, while the node's history does not change. So the first one seen stays
// until the node boots anew or containerd gets another root folder.
import { judgeReport, stateOf } from '../policy/judge-report.ts'
import type { MixedLatch, NodeReport } from '../report/node-report.ts'

/** The first mixed state of a boot and containerd root; rootUUID is '' while the root could not be told. */
export interface Latch {
  readonly rootUUID: string
  readonly mixed: MixedLatch
}

/** True when both roots are known and differ: an unknown root is no other root. */
export const isOtherRoot = (one: string, other: string): boolean => one !== '' && other !== '' && one !== other

/** The latch after verified facts: kept, forgotten for another root, or set when they say Mixed for the first time. */
export const latchAfter = (
  latch: Latch | null,
  report: NodeReport,
  expectedSnapshotter: string,
  since: string,
): Latch | null => {
  const { rootUUID } = report.runtime
  if (latch !== null && !isOtherRoot(latch.rootUUID, rootUUID)) {
    return latch.rootUUID === '' && rootUUID !== '' ? { ...latch, rootUUID } : latch
  }
  const mixed = firstMixed(report, expectedSnapshotter, since)
  return mixed === null ? null : { rootUUID, mixed }
}

// The Node object decides other questions; here it is one that the report surely speaks for.
const firstMixed = (report: NodeReport, expectedSnapshotter: string, since: string): MixedLatch | null => {
  const node = {
    name: report.name,
    labels: {},
    taints: [],
    unschedulable: false,
    uid: report.nodeUID,
    bootID: report.bootID,
    containerRuntimeVersion: '',
    operatingSystem: 'linux',
    creationTimestamp: '',
  }
  const input = {
    node,
    report: { ...report, verified: true, mixed: null },
    fresh: true,
    reportTTLMs: 1,
    held: false,
    expectedSnapshotter,
  }
  const { finding } = judgeReport(input, new Set())
  if (finding === null || stateOf(finding.reason) !== 'Mixed') return null
  return { since, reason: finding.reason, message: `${finding.found}.` }
}

/** The latch that an earlier life of this agent left behind, when it belongs to this boot. */
export const restoredLatch = (report: NodeReport | null, bootID: string): Latch | null =>
  report === null || report.mixed === null || report.bootID !== bootID
    ? null
    : { rootUUID: report.runtime.rootUUID, mixed: report.mixed }
