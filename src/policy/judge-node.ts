// The one place where a node's state comes from: the states table, first match wins. Nothing here asks a clock; whether a report
// is fresh is part of the evidence.

import type { GuardConfiguration, Pool } from './configuration.ts'
import type { Finding } from './finding.ts'
import { judgeReport, type ReportJudgement, stateOf } from './judge-report.ts'
import type { NodeEvidence } from './node-evidence.ts'
import type { NodeFacts } from './node-facts.ts'
import type { NodeVerdict } from './node-verdict.ts'
import { defaultPool, poolOf } from './pool-of.ts'
import { readyByHeldReport, readyByLabel, readyByReport } from './ready-message.ts'
import { REASON_CATALOGUE } from './reason-catalogue.ts'
import type { Advisory } from './reasons.ts'
import { labelMissing } from './rules/label-missing.ts'
import { NO_REPORT } from './rules/no-report.ts'
import { NODE_NOT_FOUND } from './rules/node-not-found.ts'
import { notContainerd } from './rules/not-containerd.ts'
import { unsupportedOperatingSystem } from './rules/unsupported-operating-system.ts'

/** The verdict on one node by the evidence at hand; the same evidence and configuration always give the same verdict. */
export const judgeNode = (evidence: NodeEvidence, configuration: GuardConfiguration): NodeVerdict => {
  const { name, node } = evidence
  if (node === undefined) return verdictOf(name, defaultPool(configuration), judgedBy(NODE_NOT_FOUND), '')
  const pool = poolOf(node, configuration)
  const unfit = unsupportedOperatingSystem(node) ?? notContainerd(node)
  if (pool.evidence === 'label') return verdictOf(name, pool, judgedBy(byLabel(unfit) ?? labelMissing(node, pool)), '')
  if (unfit !== null) return verdictOf(name, pool, judgedBy(unfit), '')
  return judgeByReport(evidence, node, pool, configuration)
}

const judgeByReport = (
  { name, report, fresh, held = false }: NodeEvidence,
  node: NodeFacts,
  pool: Pool,
  { reportTTLMs, violations }: GuardConfiguration,
): NodeVerdict => {
  if (report === undefined) return verdictOf(name, pool, judgedBy(NO_REPORT), '')
  const { expectedSnapshotter } = pool
  const judgement = judgeReport({ node, report, fresh, reportTTLMs, held, expectedSnapshotter }, violations)
  return verdictOf(name, pool, judgement, report.defaultSnapshotter.name)
}

const judgedBy = (finding: Finding | null): ReportJudgement => ({ finding, advisories: [] })

// What the Node object itself says holds with either kind of evidence, and every message of label evidence names it.
const byLabel = (unfit: Finding | null): Finding | null =>
  unfit === null ? null : { ...unfit, found: `${unfit.found} (its pool is judged by label)` }

const verdictOf = (
  node: string,
  pool: Pool,
  { finding, advisories }: ReportJudgement,
  defaultSnapshotter: string,
): NodeVerdict => ({
  node,
  state: finding === null ? 'Ready' : stateOf(finding.reason),
  reason: finding?.reason ?? '',
  message: finding === null ? readyMessage(pool, advisories) : messageOf(finding),
  evidence: pool.evidence,
  pool: pool.name,
  mode: pool.mode,
  expectedSnapshotter: pool.expectedSnapshotter,
  defaultSnapshotter,
  advisories,
})

const readyMessage = (pool: Pool, advisories: readonly Advisory[]): string => {
  if (pool.evidence === 'label') return readyByLabel(pool)
  return advisories.includes('EvidenceHeld')
    ? readyByHeldReport(pool.expectedSnapshotter)
    : readyByReport(pool.expectedSnapshotter)
}

const messageOf = ({ reason, found, remedy }: Finding): string =>
  `${found}. ${remedy ?? REASON_CATALOGUE[reason].remedy}`
