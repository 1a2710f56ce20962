import type { CertificateFacts, ReplicaFacts } from './certificate-facts.ts'

/** Why the serving certificate cannot go on being served, when only these authorities are trusted; null when it can. */
export const leafTrouble = (
  { leaf }: Pick<CertificateFacts, 'leaf'>,
  trusted: readonly string[],
  nowMs: number,
): string | null => {
  if (leaf === null) return 'there is no serving certificate that can be used'
  if (!leaf.sound) return 'the serving certificate, its key and its names do not belong together'
  if (leaf.notAfterMs <= nowMs) return 'the serving certificate has expired'
  if (leaf.notBeforeMs > nowMs) return 'the serving certificate is not valid yet'
  if (!leaf.signers.some(id => trusted.includes(id))) return 'another authority signs serving certificates now'
  return null
}

/** Why more than these authorities must stay trusted; null when every replica is seen to serve what one of them signed. */
export const replicasTrouble = (replicas: readonly ReplicaFacts[], trusted: readonly string[]): string | null => {
  // One that is not ready and does not answer may be a pod that never will; kubelets have had their time to bring it what is new.
  const silent = replicas.filter(({ ready, signers }) => ready && signers === null)
  if (silent.length > 0) return `${silent.length} ready replicas do not show us their certificate`
  const old = replicas.filter(({ signers }) => signers !== null && !signers.some(id => trusted.includes(id)))
  return old.length > 0 ? `${old.length} replicas serve another certificate still` : null
}
