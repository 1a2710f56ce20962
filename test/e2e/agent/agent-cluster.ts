import { join } from 'node:path'
import type { Test } from 'tap'
import type { Api } from '../cluster/api.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { createNodes, nodePath } from '../cluster/nodes.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { requestToken } from '../kubelet/service-account-token.ts'
import { binariesFolder } from '../test-cluster.ts'

/** The namespace and ServiceAccount of the manifests. */
export const NAMESPACE = 'soci-guard-system'
export const ACCOUNT = 'soci-guard-agent'

const MANIFESTS = join(import.meta.dirname, '../../../manifests/base')
const FILES = ['10-namespace', '20-crd-nodesnapshotters', '32-agent-rbac', '33-agent-policy']
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`

/** One node, its agent's pod, and what the agent has to identify itself. */
export interface AgentSeat {
  readonly node: string
  readonly nodeUID: string
  readonly podUID: string
  readonly token: string
  readonly api: Api
}

/** A control plane with the agent's definition, rights and policy, and the nodes; it ends with the given test. */
export async function startAgentCluster(t: Test, folder: string, nodes: readonly string[]): Promise<ControlPlane> {
  const plane = await startControlPlane({ binaries: binariesFolder(), folder: join(folder, 'plane') })
  t.teardown(() => plane.stop())
  const files = FILES.flatMap(name => ['-f', join(MANIFESTS, `${name}.yaml`)])
  const applied = await plane.kubectl(['apply', ...files])
  if (applied.code !== 0) throw new Error(applied.stderr)
  await createNodes(
    plane.admin,
    nodes.map(name => ({ name })),
  )
  return plane
}

/** A pod of the agent on a node, and a token bound to it, as the kubelet would mount it. */
export async function takeSeat(plane: ControlPlane, node: string, pod = `agent-${node}`): Promise<AgentSeat> {
  const created = await plane.admin.create<{ metadata: { name: string; namespace: string; uid: string } }>(PODS, {
    metadata: { name: pod },
    spec: { serviceAccountName: ACCOUNT, nodeName: node, containers: [{ name: 'agent', image: 'i' }] },
  })
  const { metadata } = await plane.admin.get<{ metadata: { uid: string } }>(nodePath(node))
  const bound = { metadata: created.metadata, spec: { serviceAccountName: ACCOUNT, containers: [] } }
  const { token } = await requestToken(plane.admin, bound as never, {}, Date.now())
  const api = plane.api({ token })
  return { node, nodeUID: metadata.uid, podUID: created.metadata.uid, token, api }
}

/** A token of the ServiceAccount, bound to what is given or to nothing. */
export async function tokenOf(plane: ControlPlane, boundObjectRef?: object): Promise<string> {
  const answer = await plane.admin.create<{ status: { token: string } }>(
    `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${ACCOUNT}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef, expirationSeconds: 3600 } },
  )
  return answer.status.token
}

/** Waits until the API server refuses what only the policy refuses; a new one takes a moment to act. */
export const policyActs = (probe: () => Promise<{ status: number }>): Promise<unknown> =>
  waitFor('the policy to act', async () => (await probe()).status === 403)
