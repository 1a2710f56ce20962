import type { Api } from '../cluster/api.ts'
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
