import type { Api } from '../cluster/api.ts'
import type { Pod } from './pod.ts'

/** A ServiceAccount token bound to a pod, and when the kubelet would ask for the next one (80 % of its life). */
export interface BoundToken {
  token: string
  renewAtMs: number
}

const DEFAULT_SECONDS = 3_600

/** Asks the API server for a token of the pod's ServiceAccount, bound to the pod and through it to its node. */
export async function requestToken(
  api: Api,
  pod: Pod,
  { audience, expirationSeconds = DEFAULT_SECONDS }: { audience?: string; expirationSeconds?: number },
  nowMs: number,
): Promise<BoundToken> {
  const account = pod.spec.serviceAccountName ?? 'default'
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/serviceaccounts/${account}/token`
  const answer = await api.create<{ status: { token: string; expirationTimestamp: string } }>(path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      expirationSeconds,
      ...(audience ? { audiences: [audience] } : {}),
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
    },
  })
  const { token, expirationTimestamp } = answer.status
  return { token, renewAtMs: nowMs + 0.8 * (Date.parse(expirationTimestamp) - nowMs) }
}
