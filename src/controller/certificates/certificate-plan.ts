// How certificates are kept alive, one step at a time, from nothing but what is there: a controller that starts anew, or a second
// one beside it, goes on where the first stopped. The order is what keeps every call working:
//   a new authority → every caBundle trusts it → API servers have had time to learn of it → a leaf signed by it →
//   kubelets have had time to bring it → every replica is seen to serve it → the old authority goes.
// Adding trust is always safe; taking it away, or signing by what was added just now, is not.

import type { AuthorityFacts, BundleFacts, CertificateFacts } from './certificate-facts.ts'
import type { CertificateStep } from './certificate-step.ts'
import { leafTrouble, replicasTrouble } from './certificate-trouble.ts'

/** How long is waited for others. */
export interface PlanTimes {
  /** Until every API server has learned of a changed caBundle. */
  readonly settleMs: number
  /** Until no kubelet starts a replica with the serving certificate before this one. */
  readonly lingerMs: number
}

/** The next step towards one authority that every webhook trusts and whose leaf every replica serves. */
export const planCertificates = (facts: CertificateFacts, times: PlanTimes, nowMs: number): CertificateStep =>
  planAuthority(facts, nowMs) ??
  planTrust(facts, nowMs) ??
  planLeaf(facts, times, nowMs) ??
  planRemoval(facts, times) ??
  rest(facts, nowMs)

const planAuthority = (facts: CertificateFacts, nowMs: number): CertificateStep | null => {
  const why = authorityTrouble(facts, nowMs)
  if (why === null) return null
  // Whatever is trusted so far may have signed what replicas serve; it goes when they are seen to serve something else.
  const keep = alive([...facts.authorities, ...facts.bundles.flatMap(trusted), ...facts.besideLeaf], nowMs)
  return { kind: 'writeAuthorities', fresh: true, keep: idsOf(keep), why }
}

const authorityTrouble = ({ authorities, signs }: CertificateFacts, nowMs: number): string | null => {
  const [newest] = authorities
  if (newest === undefined) return 'there is no authority that can be used'
  if (!signs) return 'the key of the authority cannot be used'
  if (newest.notAfterMs <= nowMs) return 'the authority has expired'
  if (newest.notBeforeMs > nowMs) return 'the authority is not valid yet'
  return newest.renewAtMs <= nowMs ? 'two thirds of the life of the authority are over' : null
}

const planTrust = (facts: CertificateFacts, nowMs: number): CertificateStep | null => {
  const wanted = alive([...facts.authorities, ...signersBeside(facts)], nowMs)
  const isTold = facts.bundles.every(bundle => bundle.clean && includesAll(bundle, wanted))
  if (isTold) return null
  const there = alive(facts.bundles.flatMap(trusted), nowMs)
  const why = 'a caBundle lacks an authority, or holds what is none'
  return { kind: 'writeBundles', authorities: idsOf([...wanted, ...there]), first: there.length === 0, why }
}

// Whoever put the leaf there, replicas are about to serve it.
const signersBeside = ({ leaf, besideLeaf }: CertificateFacts): readonly AuthorityFacts[] =>
  leaf?.sound === true ? besideLeaf.filter(({ id }) => leaf.signers.includes(id)) : []

const planLeaf = (facts: CertificateFacts, { settleMs }: PlanTimes, nowMs: number): CertificateStep | null => {
  const why = leafTrouble(facts, idsOf(facts.authorities.slice(0, 1)), nowMs) ?? leafAge(facts, nowMs)
  if (why === null) return null
  const forMs = settleMs - facts.bundleAgeMs
  if (forMs <= 0) return { kind: 'writeLeaf', why }
  return { kind: 'wait', forMs, why: `${why}; API servers learn of the caBundle first` }
}

const leafAge = ({ leaf }: CertificateFacts, nowMs: number): string | null =>
  leaf !== null && leaf.renewAtMs <= nowMs ? 'two thirds of the life of the serving certificate are over' : null

const planRemoval = (facts: CertificateFacts, { lingerMs }: PlanTimes): CertificateStep | null => {
  const newest = idsOf(facts.authorities.slice(0, 1))
  const hasOld = facts.authorities.length > 1
  if (!hasOld && facts.bundles.every(bundle => bundle.authorities.length === 1)) return null
  const why = 'an authority is trusted that has signed nothing any more'
  const forMs = lingerMs - facts.leafAgeMs
  if (forMs > 0) return { kind: 'wait', forMs, why: 'replicas take the new serving certificate' }
  if (facts.replicas === null) return { kind: 'askReplicas', why }
  const trouble = replicasTrouble(facts.replicas, newest)
  if (trouble !== null) return { kind: 'wait', forMs: lingerMs, why: trouble }
  return hasOld
    ? { kind: 'writeAuthorities', fresh: false, keep: newest, why }
    : { kind: 'writeBundles', authorities: newest, first: false, why }
}

const rest = ({ authorities, leaf }: CertificateFacts, nowMs: number): CertificateStep => {
  const renewals = [authorities[0]?.renewAtMs, leaf?.renewAtMs].filter(atMs => atMs !== undefined)
  return { kind: 'wait', forMs: Math.min(...renewals) - nowMs, why: 'all is in order' }
}

const trusted = ({ authorities }: BundleFacts): readonly AuthorityFacts[] => authorities

const alive = (authorities: readonly AuthorityFacts[], nowMs: number): AuthorityFacts[] =>
  authorities.filter(({ notAfterMs }) => notAfterMs > nowMs)

const includesAll = ({ authorities }: BundleFacts, wanted: readonly AuthorityFacts[]): boolean =>
  wanted.every(({ id }) => authorities.some(authority => authority.id === id))

const idsOf = (authorities: readonly AuthorityFacts[]): string[] => [...new Set(authorities.map(({ id }) => id))]
