import type { Outcome } from './outcome.ts'

/** The audit annotations of an outcome, in a fixed order and only those that say something; the API server adds the prefix. */
export const auditAnnotations = (outcome: Outcome): Record<string, string> => {
  const annotations: Record<string, string> = { decision: outcome.decision }
  if (outcome.mode !== '') annotations.mode = outcome.mode
  if (outcome.state !== '') annotations.state = outcome.state
  if (outcome.reason !== '') annotations.reason = outcome.reason
  if (outcome.node !== '') annotations.node = outcome.node
  if (outcome.evidence !== '') annotations.evidence = outcome.evidence
  if (outcome.exempt !== '') annotations.exempt = outcome.exempt
  return annotations
}
