import type { NodeReport } from '../../report/node-report.ts'
import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'
import { countOf } from '../short-list.ts'

/** RevertedFromExpected: the default was switched away from the expected snapshotter while it was in use. */
export const revertedFromExpected: ReportRule = (report, expected) => {
  const { name } = report.defaultSnapshotter
  if (name === expected || hasHandlerOf(report, expected)) return null
  const left = whatIsLeft(report, expected)
  if (left === null) return null
  return { reason: 'RevertedFromExpected', found: `${plainText(name)} is the default snapshotter, but ${left}` }
}

// A runtime handler of its own is a legitimate reason for containers to be in the expected snapshotter.
const hasHandlerOf = ({ runtimeHandlers }: NodeReport, expected: string): boolean =>
  runtimeHandlers.some(({ snapshotter }) => snapshotter === expected)

const whatIsLeft = ({ containers, images, snapshotters }: NodeReport, expected: string): string | null => {
  const counts = containers.bySnapshotter ?? {}
  const inExpected = Object.hasOwn(counts, expected) ? (counts[expected] ?? 0) : 0
  if (inExpected > 0) return `${countOf(inExpected, 'container', 0)} ${inExpected === 1 ? 'uses' : 'use'} ${expected}`
  const foreign = images.foreign?.length ?? 0
  const isRegistered = snapshotters.some(({ name, registered }) => name === expected && registered)
  if (foreign === 0 || !isRegistered) return null
  return `${countOf(foreign, 'image')} of this boot ${foreign === 1 ? 'was' : 'were'} unpacked in another one`
}
