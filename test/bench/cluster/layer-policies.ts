import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { DEFAULT_CONFIGURATION } from '../../../src/config/default-configuration.ts'
import { backstopRules } from '../../../src/controller/blocked-nodes/backstop-rules.ts'
import { buildShards } from '../../../src/controller/blocked-nodes/build-shards.ts'
import type { Api } from '../../e2e/cluster/api.ts'
import type { KubernetesObject } from '../../e2e/cluster/kubernetes-object.ts'

const POLICIES = '/apis/admissionregistration.k8s.io/v1'
const BACKSTOP = join(import.meta.dirname, '../../../manifests/components/backstop/backstop-policy.yaml')

/** The label by which the other form of a backstop finds bad nodes. */
export const BAD_LABEL = { 'bench.soci-guard.dev/bad': 'true' }

/** Makes the policy of the manifests act in these namespaces alone. */
export async function createBackstop(admin: Api, namespaces: readonly string[]): Promise<void> {
  const [policy, binding] = parseAllDocuments(readFileSync(BACKSTOP, 'utf8')).map(document => document.toJS())
  await createPolicy(admin, policy, binding, namespaces)
}

/** Makes the obvious form of a backstop act in these namespaces: a policy whose parameters are the bad Node objects themselves. */
export async function createNodeLabelPolicy(admin: Api, namespaces: readonly string[]): Promise<void> {
  const metadata = { name: 'bench-node-label' }
  const policy = {
    metadata,
    spec: {
      failurePolicy: 'Fail',
      paramKind: { apiVersion: 'v1', kind: 'Node' },
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods/binding'] }],
      },
      validations: [{ expression: 'object.target.name != params.metadata.name', message: 'the node is bad' }],
    },
  }
  const paramRef = { selector: { matchLabels: BAD_LABEL }, parameterNotFoundAction: 'Allow' }
  const binding = { metadata, spec: { policyName: metadata.name, paramRef, validationActions: ['Deny'] } }
  await createPolicy(admin, policy, binding, namespaces)
}

/** Writes BlockedNodes with these nodes and no other, as the controller does. */
export async function writeBlockedNodes(admin: Api, names: readonly string[]): Promise<void> {
  const entries = new Map(names.map(name => [name, 'Mixed: ConfiguredAfterLaunch']))
  const shards = buildShards({ entries, rules: backstopRules(DEFAULT_CONFIGURATION) }, 1)
  for (const [name, text] of shards)
    await admin.apply(`/apis/soci-guard.dev/v1alpha1/blockednodes/${name}`, JSON.parse(text), 'soci-guard-controller')
}

async function createPolicy(
  admin: Api,
  policy: KubernetesObject | object,
  binding: { metadata: object; spec: object },
  namespaces: readonly string[],
): Promise<void> {
  const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }]
  const matchResources = { namespaceSelector: { matchExpressions } }
  await admin.create(`${POLICIES}/validatingadmissionpolicies`, policy)
  await admin.create(`${POLICIES}/validatingadmissionpolicybindings`, {
    ...binding,
    spec: { ...binding.spec, matchResources },
  })
}
