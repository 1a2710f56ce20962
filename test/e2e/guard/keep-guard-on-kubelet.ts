import type { Api } from '../cluster/api.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { GUARD_NAMESPACE } from './install-guard.ts'

const POLICIES = '/apis/admissionregistration.k8s.io/v1'
const metadata = { name: 'keep-guard-on-kubelet' }

/**
 * Makes the cluster place the guard's pods on the one node that runs pods, so that the manifests need no change for it. It acts
 * within seconds; until then that node must be the only one.
 */
export async function keepGuardOnKubelet(admin: Api): Promise<void> {
  await admin.create(`${POLICIES}/mutatingadmissionpolicies`, { metadata, spec: POLICY })
  await admin.create(`${POLICIES}/mutatingadmissionpolicybindings`, { metadata, spec: { policyName: metadata.name } })
}

/** The label of the nodes on which a test wants the agent; without it nodes are reported about by the test itself. */
export const AGENT_LABEL = 'e2e.soci-guard.dev/agent'

/** Makes the cluster place the agent on nodes with the label only, so that the manifests need no change for it; resolves when it acts. */
export async function keepAgentOnLabel(admin: Api): Promise<void> {
  const metadata = { name: 'keep-agent-on-label' }
  await admin.create(`${POLICIES}/mutatingadmissionpolicies`, { metadata, spec: AGENT_POLICY })
  await admin.create(`${POLICIES}/mutatingadmissionpolicybindings`, { metadata, spec: { policyName: metadata.name } })
  await waitFor('the agent to be kept on its label', async () => {
    const { body } = await admin.send('POST', '/apis/apps/v1/namespaces/default/daemonsets?dryRun=All', PROBE)
    return JSON.stringify(body).includes(AGENT_LABEL)
  })
}

const AGENT = 'soci-guard-agent'

const PROBE = {
  metadata: { name: AGENT },
  spec: {
    selector: { matchLabels: { app: AGENT } },
    template: {
      metadata: { labels: { app: AGENT } },
      spec: { nodeSelector: { 'kubernetes.io/os': 'linux' }, containers: [{ name: 'c', image: 'i' }] },
    },
  },
}

const AGENT_POLICY = {
  failurePolicy: 'Fail',
  reinvocationPolicy: 'Never',
  matchConstraints: {
    resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['daemonsets'] }],
  },
  matchConditions: [{ name: 'the-agent', expression: `object.metadata.name == "${AGENT}"` }],
  mutations: [
    {
      patchType: 'JSONPatch',
      jsonPatch: {
        expression: `[JSONPatch{op: "add", path: "/spec/template/spec/nodeSelector/${AGENT_LABEL.replace('/', '~1')}", value: "true"}]`,
      },
    },
  ],
}

const POLICY = {
  failurePolicy: 'Fail',
  reinvocationPolicy: 'Never',
  matchConstraints: {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [GUARD_NAMESPACE] }],
    },
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  mutations: [
    {
      patchType: 'JSONPatch',
      jsonPatch: {
        expression: `[
          JSONPatch{op: "add", path: "/spec/nodeSelector", value: object.spec.?nodeSelector.orValue({})},
          JSONPatch{op: "add", path: "/spec/nodeSelector/e2e.soci-guard.dev~1kubelet", value: "true"}
        ]`,
      },
    },
  ],
}
