import { findPodExemption } from '../policy/exemption.ts'
import { MODES, type Mode } from '../policy/mode.ts'
import { type ClusterView, modeIn } from './cluster-view.ts'
import { allowed, type Outcome } from './outcome.ts'
import type { PodTemplate } from './pod-template.ts'
import { type EligibleGroup, type Forecast, forecast, schedulingConstraints } from './predict-eligible.ts'
import { groupLine, headline, subjectOf, summaryOf } from './predict-lines.ts'
import { boundedWarnings } from './warnings.ts'

/** The answer of the advisory webhook: never a denial, but warnings about nodes the scheduler could choose. */
export const advise = (
  template: PodTemplate,
  namespace: string,
  groups: readonly string[],
  view: ClusterView,
): Outcome => {
  const exempt = findPodExemption({ ...template.facts, groups }, view.configuration.exemptions)
  if (exempt !== null) return allowed({ exempt })
  // Off for the namespace is off on every node, since the weaker mode wins.
  const mode = namespaceMode(namespace, view)
  if (mode === 'off') return allowed({ mode })
  const constraints = schedulingConstraints(template, view, template.kind === 'Pod')
  return adviceOn(forecast(template, constraints, namespace, view), template, mode)
}

// Against the strongest node mode there is, what is left is the namespace's own.
const namespaceMode = (namespace: string, view: ClusterView): Mode => modeIn(namespace, view, 'enforce')

const adviceOn = (found: Forecast, template: PodTemplate, mode: Mode): Outcome => {
  const noticed = found.groups.filter(({ decision }) => decision === 'deny' || decision === 'warn')
  const told = noticed.length > 0 ? noticed : found.groups.filter(({ decision }) => decision === 'audit')
  const [largest] = told
  if (largest === undefined) return allowed({ mode })
  const { state, reason } = largest
  const first = headline(found, subjectOf(template.kind))
  const warnings = noticed.length > 0 ? boundedWarnings([first, ...noticed.map(groupLine)]) : []
  return {
    ...allowed({ mode: strongest(told), state, reason, message: summaryOf(first, told), warnings }),
    decision: noticed.length > 0 ? 'warn' : 'audit',
  }
}

const strongest = (groups: readonly EligibleGroup[]): Mode =>
  MODES.find(mode => groups.some(group => group.mode === mode)) ?? 'off'
