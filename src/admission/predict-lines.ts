import type { Decision } from './outcome.ts'
import type { EligibleGroup, Forecast } from './predict-eligible.ts'
import { remedyClause } from './remedy-clause.ts'
import { shownName } from './shown-name.ts'
import { nodesWarning } from './warnings.ts'

/** How many of the eligible nodes would answer so. */
export const countOf = (forecast: Forecast, ...decisions: readonly Decision[]): number =>
  forecast.groups.filter(group => decisions.includes(group.decision)).reduce((sum, group) => sum + group.count, 0)

/** `3 of 5 eligible nodes are not SOCI-ready; pods are refused there`: the first line about pods that are `subject` (`this pod`). */
export const headline = (forecast: Forecast, subject: string): string => {
  const { eligible } = forecast
  const refused = countOf(forecast, 'deny')
  if (refused === eligible) return `${someOf(eligible, eligible)} not SOCI-ready: ${subject} could not start anywhere`
  const noticed = countOf(forecast, 'deny', 'warn')
  if (noticed === 0) {
    const recorded = countOf(forecast, 'audit')
    return `${someOf(recorded, eligible)} not SOCI-ready; pods there are only recorded (audit)`
  }
  return `${someOf(noticed, eligible)} not SOCI-ready; ${consequence(refused, noticed)}`
}

const consequence = (refused: number, noticed: number): string => {
  if (refused === noticed) return 'pods are refused there'
  return refused === 0 ? 'pods get a warning there' : `pods are refused on ${refused} of them`
}

/** `3 of 5 eligible nodes are`, in the number that the counts ask for. */
export const someOf = (count: number, eligible: number): string => {
  if (eligible === 1 && count === 1) return 'the only eligible node is'
  if (count === eligible) return `all ${eligible} eligible nodes are`
  return `${count} of ${eligible} eligible nodes ${count === 1 ? 'is' : 'are'}`
}

/** `Mixed (ConfiguredAfterLaunch): node-a, node-b and 3 more: replace the node`, within the length of a warning. */
export const groupLine = ({ state, reason, nodes, count }: EligibleGroup): string =>
  nodesWarning(`${state} (${reason})`, nodes.map(shownName), count, remedyClause(reason))

/** The headline and the first of the groups in two sentences, for where there is room for one line only. */
export const summaryOf = (headline: string, groups: readonly EligibleGroup[]): string => {
  const [first, ...others] = groups
  if (first === undefined) return headline
  const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'reason' : 'reasons'})`
  return `${headline}. ${groupLine(first)}${more}`
}

/** Who the lines are about. */
export const subjectOf = (kind: string): string => (kind === 'Pod' ? 'this pod' : 'its pods')
