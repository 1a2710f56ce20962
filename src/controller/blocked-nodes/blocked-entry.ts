import type { GuardConfiguration } from '../../policy/configuration.ts'
import type { NodeVerdict } from '../../policy/node-verdict.ts'
import { refuses } from '../../policy/refuses.ts'

/**
 * `State: Reason` of a node that belongs into BlockedNodes; undefined of one that does not. While the brake is on, a node about
 * which only evidence is missing keeps the entry that it had, or goes on without one.
 */
export const blockedEntry = (
  verdict: NodeVerdict,
  configuration: Pick<GuardConfiguration, 'unverified'>,
  { isBraked, entryBefore }: { readonly isBraked: boolean; readonly entryBefore: string | undefined },
): string | undefined => {
  if (isBraked && lacksEvidence(verdict)) return verdict.mode === 'enforce' ? entryBefore : undefined
  return refuses(verdict, configuration) ? `${verdict.state}: ${verdict.reason}` : undefined
}

const lacksEvidence = ({ state, advisories }: NodeVerdict): boolean =>
  state === 'Unverified' || (state === 'Ready' && advisories.includes('EvidenceHeld'))
