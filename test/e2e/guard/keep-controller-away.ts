import { waitFor } from '../cluster/wait-for.ts'
import { CONTROLLER, scaleController } from '../faults/scale-controller.ts'
import type { TestCluster } from '../test-cluster.ts'

const POLICIES = '/apis/admissionregistration.k8s.io/v1'
const metadata = { name: 'keep-controller-away' }

/** Ends the controller and keeps it away, also when the manifests are applied again; scaling still brings it back. */
export async function keepControllerAway(cluster: TestCluster): Promise<void> {
  const { admin } = cluster.plane
  await admin.create(`${POLICIES}/mutatingadmissionpolicies`, { metadata, spec: POLICY })
  await admin.create(`${POLICIES}/mutatingadmissionpolicybindings`, { metadata, spec: { policyName: metadata.name } })
  await waitFor('the controller to be kept away', async () => {
    const { body } = await admin.send('POST', '/apis/apps/v1/namespaces/default/deployments?dryRun=All', PROBE)
    return (body as { spec?: { replicas?: number } }).spec?.replicas === 0
  })
  await scaleController(cluster, 0)
}

const POLICY = {
  failurePolicy: 'Fail',
  reinvocationPolicy: 'Never',
  matchConstraints: {
    resourceRules: [
      { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
    ],
  },
  matchConditions: [{ name: 'the-controller', expression: `object.metadata.name == "${CONTROLLER}"` }],
  mutations: [
    { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "add", path: "/spec/replicas", value: 0}]' } },
  ],
}

const PROBE = {
  metadata: { name: CONTROLLER },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: CONTROLLER } },
    template: { metadata: { labels: { app: CONTROLLER } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}
