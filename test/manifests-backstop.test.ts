// The policies inside the API server are text: every name in them must be the one that the code uses.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { backstopRules } from '../src/controller/blocked-nodes/backstop-rules.ts'
import { BLOCKED_NODES_API_VERSION, buildShards } from '../src/controller/blocked-nodes/build-shards.ts'
import { NAMESPACE_MODE_LABEL } from '../src/policy/effective-mode.ts'
import { SNAPSHOTTER_TAINT, STATE_LABEL } from '../src/policy/mark-names.ts'
import { MODES } from '../src/policy/mode.ts'
import { REASON_CATALOGUE } from '../src/policy/reason-catalogue.ts'
import { configurationOf } from './support/cluster-view.ts'
import { baseObject, MANIFESTS, readManifest, type Yaml } from './support/manifests.ts'

const [backstop, backstopBinding] = readManifest('components/backstop/backstop-policy.yaml')
const [protection, protectionBinding] = readManifest('components/backstop/protection-policy.yaml')
const [definition] = readManifest('base/21-crd-blockednodes.yaml')
const schema = definition.spec.versions[0].schema.openAPIV3Schema.properties
const expressions = (policy: Yaml): string => JSON.stringify(policy.spec)
const accountOf = (name: string): string => {
  const { metadata } = baseObject('ServiceAccount', name)
  return `system:serviceaccount:${metadata.namespace}:${metadata.name}`
}

t.test('the backstop goes by what the controller writes, and leaves alone whom the webhook leaves alone', async t => {
  const { group, names, versions } = definition.spec
  t.equal(`${group}/${versions[0].name}`, BLOCKED_NODES_API_VERSION)
  t.strictSame(backstop.spec.paramKind, { apiVersion: BLOCKED_NODES_API_VERSION, kind: names.kind })
  const [webhook] = baseObject('ValidatingWebhookConfiguration').webhooks
  t.strictSame(backstop.spec.matchConstraints.namespaceSelector, webhook.namespaceSelector)
  t.strictSame(backstopBinding.spec.paramRef, { selector: {}, parameterNotFoundAction: 'Allow' })
  t.match(expressions(backstop), NAMESPACE_MODE_LABEL)
  for (const mode of MODES) t.match(expressions(backstop), `\\"${mode}\\"`)
})

t.test('both policies deny, and are bound under their own names', async t => {
  for (const [policy, binding] of [
    [backstop, backstopBinding],
    [protection, protectionBinding],
  ]) {
    t.equal(policy.spec.failurePolicy, 'Fail')
    t.equal(binding.metadata.name, policy.metadata.name)
    t.equal(binding.spec.policyName, policy.metadata.name)
    t.strictSame(binding.spec.validationActions, ['Deny'])
  }
})

t.test('what the controller writes fits the definition', async t => {
  const entries = new Map(
    Object.keys(REASON_CATALOGUE).map(reason => [`node-${reason.toLowerCase()}`, `Unverified: ${reason}`]),
  )
  const [text = ''] = buildShards({ entries, rules: backstopRules(configurationOf()) }, 1).values()
  const { rules, blocked, remedies, ...rest } = JSON.parse(text)
  t.strictSame(Object.keys(rest).sort(), ['apiVersion', 'count', 'kind', 'metadata'])
  t.strictSame(Object.keys(rules).sort(), Object.keys(schema.rules.properties).sort())
  t.strictSame(schema.rules.properties.mode.enum, MODES)
  for (const [what, values] of Object.entries({ blocked, remedies })) {
    const longest = Math.max(...Object.values(values as Record<string, string>).map(value => value.length))
    t.ok(longest <= schema[what].additionalProperties.maxLength, `${what}: ${longest}`)
    t.equal(schema[what]['x-kubernetes-map-type'], 'atomic')
  }
  for (const reason of Object.keys(REASON_CATALOGUE)) t.ok(remedies[`Unverified: ${reason}`], reason)
})

t.test('the protection knows the controller, the agent and our marks by their names', async t => {
  const text = expressions(protection)
  for (const account of ['soci-guard-controller', 'soci-guard-agent']) t.match(text, accountOf(account))
  for (const name of [SNAPSHOTTER_TAINT, STATE_LABEL]) t.match(text, `\\"${name}\\"`)
})

t.test('the protection does not look at what kubelets write all the time', async t => {
  const rules = protection.spec.matchConstraints.resourceRules
  const ofNodes = rules.filter(({ apiGroups }: Yaml) => apiGroups.includes(''))
  t.match(ofNodes, [{ resources: ['nodes'], operations: ['UPDATE'] }])
  t.equal(ofNodes.length, 1)
})

t.test('the controller may keep BlockedNodes, and nobody else is given a right to', async t => {
  const { rules } = baseObject('ClusterRole', 'soci-guard-blocked-nodes')
  t.strictSame(rules, [
    { apiGroups: ['soci-guard.dev'], resources: ['blockednodes'], verbs: ['list', 'create', 'patch', 'delete'] },
  ])
  const { subjects } = baseObject('ClusterRoleBinding', 'soci-guard-blocked-nodes')
  t.strictSame(subjects, [{ kind: 'ServiceAccount', name: 'soci-guard-controller', namespace: 'soci-guard-system' }])
})

t.test('production enforces as the enforcing overlay does, with the backstop instead of failing closed', async t => {
  const [kustomization] = readManifest('overlays/production/kustomization.yaml')
  t.strictSame(kustomization.components, ['../../components/backstop'])
  t.equal(kustomization.patches, undefined)
  const guard = (overlay: string): string => readFileSync(join(MANIFESTS, 'overlays', overlay, 'guard.yaml'), 'utf8')
  t.equal(guard('production'), guard('enforce'))
})
