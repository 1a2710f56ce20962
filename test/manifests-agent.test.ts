// What the agent's manifests say and what its code does must be the same. What its policy refuses is the end-to-end tests' to see.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { FIELD_MANAGER } from '../src/cli/reporting-cluster.ts'
import { GUARD_NAMESPACE } from '../src/cli/webhook-objects.ts'
import { parseSettings } from '../src/config/settings.ts'
import { SETTINGS } from '../src/config/settings-table.ts'
import { baseObject, MANIFESTS, type Yaml } from './support/manifests.ts'

const daemonSet = baseObject('DaemonSet')
const pod = daemonSet.spec.template.spec
const [container] = pod.containers
const policy = baseObject('ValidatingAdmissionPolicy')
const { version } = JSON.parse(readFileSync(join(MANIFESTS, '../package.json'), 'utf8'))

const env = Object.fromEntries(container.env.map(({ name }: Yaml) => [name, 'value']))
const parsed = parseSettings('agent', container.args.slice(1), env)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const settings = parsed.value

t.test('the agent takes its arguments, and knows its node and pod from the kubelet', async t => {
  t.equal(container.args[0], 'agent')
  t.equal(container.image, `ghcr.io/soci-guard/soci-guard:${version}`)
  t.strictSame(container.ports, [{ name: 'ops', containerPort: settings.opsPort }])
  const fields = Object.fromEntries(container.env.map((row: Yaml) => [row.name, row.valueFrom?.fieldRef?.fieldPath]))
  t.equal(fields[SETTINGS.nodeName.variable], 'spec.nodeName')
  t.equal(fields[SETTINGS.podUID.variable], 'metadata.uid')
})

t.test('it sees the folder of the socket, not the socket, and can write to nothing', async t => {
  const mounts: Yaml[] = container.volumeMounts
  t.ok(mounts.every(mount => mount.readOnly === true && !mount.mountPath.endsWith('.sock')))
  t.ok(mounts.some(mount => mount.mountPath === dirname(settings.address)))
  const volumes = Object.fromEntries(pod.volumes.map((volume: Yaml) => [volume.name, volume.hostPath]))
  for (const mount of mounts) {
    t.equal(volumes[mount.name].path, mount.mountPath, 'addresses are the same inside and outside')
    t.match(volumes[mount.name].type, /^Directory/)
  }
})

t.test('it is root without any right of root, in namespaces of its own', async t => {
  t.match(pod.securityContext, { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } })
  t.match(container.securityContext, {
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  for (const shared of ['hostPID', 'hostNetwork', 'hostIPC']) t.equal(pod[shared], undefined, shared)
})

t.test('it runs on every Linux node, before everything else, and a rollout takes a tenth at a time', async t => {
  t.strictSame(pod.tolerations, [{ operator: 'Exists' }])
  t.strictSame(pod.nodeSelector, { 'kubernetes.io/os': 'linux' })
  t.equal(pod.priorityClassName, 'system-node-critical')
  t.strictSame(daemonSet.spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } })
  t.strictSame(daemonSet.spec.selector.matchLabels, daemonSet.spec.template.metadata.labels)
  const options = container.env.find(({ name }: Yaml) => name === 'NODE_OPTIONS').value
  const heapMiB = Number(/^--max-old-space-size=(\d+) /.exec(options)?.[1])
  t.ok(heapMiB <= Number(/^(\d+)Mi$/.exec(container.resources.limits.memory)?.[1]) / 2)
})

t.test('it may read its Node, and read and apply reports, and nothing else', async t => {
  const { rules } = baseObject('ClusterRole', 'soci-guard-agent')
  t.strictSame(
    rules.map(({ apiGroups, resources, verbs }: Yaml) => [apiGroups.join(), resources.join(), verbs]),
    [
      ['soci-guard.dev', 'nodesnapshotters', ['get', 'create', 'patch']],
      ['', 'nodes', ['get']],
    ],
  )
  const { roleRef, subjects } = baseObject('ClusterRoleBinding', 'soci-guard-agent')
  t.equal(roleRef.name, 'soci-guard-agent')
  t.strictSame(subjects, [{ kind: 'ServiceAccount', name: pod.serviceAccountName, namespace: GUARD_NAMESPACE }])
  t.equal(FIELD_MANAGER, pod.serviceAccountName)
})

t.test('the policy is about this ServiceAccount, and denies', async t => {
  const [condition] = policy.spec.matchConditions
  t.equal(
    condition.expression,
    `request.userInfo.username == "system:serviceaccount:${GUARD_NAMESPACE}:${pod.serviceAccountName}"`,
  )
  t.equal(policy.spec.failurePolicy, 'Fail')
  const binding = baseObject('ValidatingAdmissionPolicyBinding')
  t.strictSame(binding.spec, { policyName: policy.metadata.name, validationActions: ['Deny'] })
  const [rule] = policy.spec.matchConstraints.resourceRules
  t.strictSame(rule.operations, ['CREATE', 'UPDATE', 'DELETE'])
})

t.test("a namespace for pods that mount the node's folders has a quota for their priority", async t => {
  const { labels } = baseObject('Namespace').metadata
  t.equal(labels['pod-security.kubernetes.io/enforce'], 'privileged')
  const quota = baseObject('ResourceQuota', 'soci-guard-node-critical-pods')
  t.strictSame(quota.spec.scopeSelector.matchExpressions[0].values, [pod.priorityClassName])
})
