import type { MixedLatch } from '../../report/node-report.ts'
import type { Finding, ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'
import { REASON_CATALOGUE } from '../reason-catalogue.ts'
import { REASON_STATES } from '../reasons.ts'

/** The latch: the node was seen mixed earlier in this boot, and stays so although the evidence may have been collected since. */
export const latched: ReportRule = ({ mixed }) => {
  if (mixed === null) return null
  const reason = mixedReason(mixed.reason)
  const since = mixed.since === '' ? 'earlier in this boot' : plainText(mixed.since)
  return { reason, found: `since ${since}: ${whatWasSeen(mixed, reason)}`, remedy: 'The node must be replaced.' }
}

// A newer agent may know reasons that this release does not; the node is mixed all the same.
const mixedReason = (text: string): Finding['reason'] =>
  isReason(text) && REASON_STATES[text] === 'Mixed' ? text : 'ConfiguredAfterLaunch'

const isReason = (text: string): text is keyof typeof REASON_STATES => Object.hasOwn(REASON_STATES, text)

// The agent keeps the sentence that it was told at the time, which may end in the remedy that is given here anyway.
const whatWasSeen = ({ message }: MixedLatch, reason: Finding['reason']): string => {
  const seen = plainText(message, 400).replace(REASON_CATALOGUE[reason].remedy, '').trim()
  return seen === '' ? 'more than one snapshotter was in use' : seen.replace(/\.+$/, '')
}
