import { foreignContainersOfThisBoot } from '../../report/foreign-containers.ts'
import type { NodeReport } from '../../report/node-report.ts'
import type { ReportRule } from '../finding.ts'
import { countOf, shortList } from '../short-list.ts'

/** ConfiguredAfterLaunch: in this boot containers or images came into another snapshotter before the expected one was the default. */
export const configuredAfterLaunch: ReportRule = (report, expected) => {
  const seen = [containersElsewhere(report), imagesElsewhere(report)].filter(part => part !== null)
  if (seen.length === 0) return null
  return { reason: 'ConfiguredAfterLaunch', found: `${seen.join(' and ')} although ${expected} is now the default` }
}

const containersElsewhere = (report: NodeReport): string | null => {
  const { length } = foreignContainersOfThisBoot(report)
  if (length === 0) return null
  const snapshotters = [...new Set(foreignContainersOfThisBoot(report).map(({ snapshotter }) => snapshotter))]
  const count = countOf(length, 'container', report.containers.foreign?.length)
  return `${count} of this boot ${length === 1 ? 'runs' : 'run'} in ${shortList(snapshotters)}`
}

const imagesElsewhere = ({ images }: NodeReport): string | null => {
  const foreign = images.foreign ?? []
  if (foreign.length === 0) return null
  const verb = foreign.length === 1 ? 'was' : 'were'
  return `${countOf(foreign.length, 'image')} ${verb} unpacked elsewhere in this boot (${shortList(foreign)})`
}
