import { findPodExemption } from '../policy/exemption.ts'
import { MODES, type Mode } from '../policy/mode.ts'
import { type ClusterView, modeIn } from './cluster-view.ts'
import { allowed, type Decision, type Outcome } from './outcome.ts'
import type { PodTemplate } from './pod-template.ts'
import { type EligibleGroup, type Forecast, forecast, schedulingConstraints } from './predict-eligible.ts'
import { groupLine, headline, subjectOf } from './predict-lines.ts'
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
  const noticed = found.groups.filter(group => group.decision === 'deny' || group.decision === 'warn')
  const recorded = found.groups.filter(group => group.decision === 'audit')
  const [largest] = noticed.length > 0 ? noticed : recorded
  if (largest === undefined) return allowed({ mode })
  const lines = [headline(found, subjectOf(template.kind)), ...(noticed.length > 0 ? noticed : recorded).map(groupLine)]
  const decision: Decision = noticed.length > 0 ? 'warn' : 'audit'
  return {
    ...allowed({
      mode: strongest(noticed.length > 0 ? noticed : recorded),
      state: largest.state,
      reason: largest.reason,
    }),
    decision,
    message: lines.slice(0, 2).join('. '),
    warnings: decision === 'warn' ? boundedWarnings(lines) : [],
  }
}

const strongest = (groups: readonly EligibleGroup[]): Mode =>
  MODES.find(mode => groups.some(group => group.mode === mode)) ?? 'off'
