import type { NodeReport } from '../report/node-report.ts'
import { findAdvisories } from './advisories.ts'
import type { GuardConfiguration } from './configuration.ts'
import type { Finding, ReportRule, TrustInput, TrustRule } from './finding.ts'
import { REASON_CATALOGUE } from './reason-catalogue.ts'
import { type Advisory, REASON_STATES, type Reason } from './reasons.ts'
import { agentStarting } from './rules/agent-starting.ts'
import { configuredAfterLaunch } from './rules/configured-after-launch.ts'
import { defaultUnknown } from './rules/default-unknown.ts'
import { imagesStranded } from './rules/images-stranded.ts'
import { latched } from './rules/latched.ts'
import { reportFromEarlierBoot } from './rules/report-from-earlier-boot.ts'
import { reportFromOtherNode } from './rules/report-from-other-node.ts'
import { reportStale } from './rules/report-stale.ts'
import { revertedFromExpected } from './rules/reverted-from-expected.ts'
import { runtimeUnavailable } from './rules/runtime-unavailable.ts'
import { sandboxImageStranded } from './rules/sandbox-image-stranded.ts'
import { snapshotsMissing } from './rules/snapshots-missing.ts'
import { snapshotterNotDefault } from './rules/snapshotter-not-default.ts'
import { snapshotterNotRegistered } from './rules/snapshotter-not-registered.ts'
import { snapshotterUnavailable } from './rules/snapshotter-unavailable.ts'

// Both lists are in the order of the states table: the first rule that finds something decides.
const TRUST_RULES: readonly TrustRule[] = [reportFromOtherNode, reportFromEarlierBoot, reportStale, agentStarting]

const REPORT_RULES: readonly ReportRule[] = [
  runtimeUnavailable,
  defaultUnknown,
  latched,
  revertedFromExpected,
  snapshotterNotRegistered,
  snapshotterNotDefault,
  snapshotterUnavailable,
  sandboxImageStranded,
  configuredAfterLaunch,
  imagesStranded,
  snapshotsMissing,
]

/** What a report comes to: the finding that decides, null when the node is Ready, and what else is worth saying. */
export interface ReportJudgement {
  readonly finding: Finding | null
  readonly advisories: readonly Advisory[]
}

/** What the report comes to for its node; `held` uses the last facts of this boot although they are not renewed or verified. */
export const judgeReport = (
  input: TrustInput & { readonly held: boolean; readonly expectedSnapshotter: string },
  violations: GuardConfiguration['violations'],
): ReportJudgement => {
  const { report, expectedSnapshotter } = input
  const doubt = firstFinding(TRUST_RULES, rule => rule(input))
  if (doubt === null) return judgeFacts(report, expectedSnapshotter, violations)
  if (!input.held || !isAboutRenewal(doubt.reason)) return { finding: doubt, advisories: [] }
  // Evidence of a violation always counts, so in a held outage a report that says Mixed makes the node Mixed, not Unverified:
  // it is refused even where `unverified` is warn or allow. Facts that decide nothing leave the doubt as it is.
  const held = judgeFacts(report, expectedSnapshotter, violations)
  if (held.finding !== null && stateOf(held.finding.reason) === 'Unverified') return { finding: doubt, advisories: [] }
  return { finding: held.finding, advisories: [...held.advisories, 'EvidenceHeld'] }
}

/** The state that a reason stands for; an advisory is a reason only where the configuration makes it a violation: Broken. */
export const stateOf = (reason: Exclude<Reason, ''>): (typeof REASON_STATES)[keyof typeof REASON_STATES] =>
  Object.hasOwn(REASON_STATES, reason) ? REASON_STATES[reason as keyof typeof REASON_STATES] : 'Broken'

const isAboutRenewal = (reason: Reason): boolean => reason === 'ReportStale' || reason === 'AgentStarting'

const judgeFacts = (
  report: NodeReport,
  expectedSnapshotter: string,
  violations: GuardConfiguration['violations'],
): ReportJudgement => {
  const advisories = findAdvisories(report, expectedSnapshotter)
  const finding = firstFinding(REPORT_RULES, rule => rule(report, expectedSnapshotter))
  const violation = finding === null ? advisories.find(advisory => violations.has(advisory)) : undefined
  return { finding: violation === undefined ? finding : violationOf(violation), advisories }
}

const violationOf = (advisory: Advisory): Finding => {
  const { meaning } = REASON_CATALOGUE[advisory]
  return { reason: advisory, found: `${meaning.replace(/\.$/, '')} (a violation by configuration)` }
}

const firstFinding = <Rule>(rules: readonly Rule[], apply: (rule: Rule) => Finding | null): Finding | null => {
  for (const rule of rules) {
    const finding = apply(rule)
    if (finding !== null) return finding
  }
  return null
}
