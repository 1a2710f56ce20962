import { ACCOUNT, NAMESPACE } from '../../e2e/agent/agent-cluster.ts'
import type { Api } from '../../e2e/cluster/api.ts'
import { requestToken } from '../../e2e/kubelet/service-account-token.ts'

/** The pod of an agent on a node. */
export interface AgentPod {
  name: string
  uid: string
}

/** Creates an agent's pod on a node. */
export async function createAgentPod(api: Api, node: string): Promise<AgentPod> {
  const { metadata } = await api.create<{ metadata: AgentPod }>(`/api/v1/namespaces/${NAMESPACE}/pods`, {
    metadata: { name: `agent-of-${node}` },
    spec: { serviceAccountName: ACCOUNT, nodeName: node, containers: [{ name: 'agent', image: 'i' }] },
  })
  return { name: metadata.name, uid: metadata.uid }
}

/** A token of an agent's pod; the API server signs into it which Node, by UID, the pod is on at this moment. */
export async function agentToken(api: Api, { name, uid }: AgentPod): Promise<string> {
  const pod = { metadata: { name, namespace: NAMESPACE, uid }, spec: { serviceAccountName: ACCOUNT, containers: [] } }
  return (await requestToken(api, pod as never, {}, Date.now())).token
}
