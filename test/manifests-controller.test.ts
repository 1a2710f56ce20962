// The controller's manifests and its code must say the same.
import t from 'tap'
import { parseSettings } from '../src/config/settings.ts'
import { SETTINGS } from '../src/config/settings-table.ts'
import { SNAPSHOTTER_TAINT, SNAPSHOTTER_TAINT_EFFECT } from '../src/policy/mark-names.ts'
import { baseObject, type Yaml } from './support/manifests.ts'

const NAME = 'soci-guard-controller'
const deployment = baseObject('Deployment', NAME)
const { spec: pod, metadata: podMetadata } = deployment.spec.template
const [container] = pod.containers

t.test('it takes its arguments and variables, and listens where it is asked', async t => {
  t.equal(container.args[0], 'controller')
  const parsed = parseSettings('controller', container.args.slice(1), {})
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  t.strictSame(container.ports, [{ name: 'ops', containerPort: parsed.value.opsPort }])
  const [config] = container.volumeMounts
  t.equal(parsed.value.config, `${config.mountPath}/guard.yaml`)
  const own = container.env.find(({ name }: Yaml) => name === SETTINGS.ownNamespace.variable)
  t.equal(own.valueFrom.fieldRef.fieldPath, 'metadata.namespace')
  t.equal(parsed.value.ownNamespace, deployment.metadata.namespace, 'the default is that of the manifests')
})

t.test('it is the same image as the webhook, with no right of the host', async t => {
  const [serve] = baseObject('Deployment', 'soci-guard').spec.template.spec.containers
  t.equal(container.image, serve.image)
  t.strictSame(container.securityContext, serve.securityContext)
  t.match(pod.securityContext, { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } })
  const heapMiB = Number(/^--max-old-space-size=(\d+) /.exec(container.env.at(-1).value)?.[1])
  t.ok(heapMiB <= Number(/^(\d+)Mi$/.exec(container.resources.limits.memory)?.[1]) / 2)
})

t.test('its pods are not those of the webhook, for nobody', async t => {
  t.strictSame(deployment.spec.selector.matchLabels, podMetadata.labels)
  const { selector } = baseObject('Service', 'soci-guard').spec
  t.notSame(podMetadata.labels, selector)
  t.notOk(Object.entries(selector).every(([key, value]) => podMetadata.labels[key] === value))
})

t.test('neither it nor the webhook is kept off a node by our own taint', async t => {
  const tolerates = { key: SNAPSHOTTER_TAINT, operator: 'Exists', effect: SNAPSHOTTER_TAINT_EFFECT }
  t.strictSame(pod.tolerations, [tolerates])
  t.strictSame(baseObject('Deployment', 'soci-guard').spec.template.spec.tolerations, [tolerates])
})

t.test('of Nodes it may change what its marks are in, and create, delete and replace none', async t => {
  const { rules } = baseObject('ClusterRole', NAME)
  t.strictSame(
    rules.map(({ apiGroups, resources, verbs }: Yaml) => `${apiGroups} ${resources}: ${verbs}`),
    [
      ' nodes: get,list,watch,patch',
      ' nodes/status: patch',
      'soci-guard.dev nodesnapshotters: list,watch',
      'node.k8s.io runtimeclasses: list,watch',
      ' namespaces: list,watch',
    ],
  )
  for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
    const { roleRef, subjects } = baseObject(kind, NAME)
    t.equal(roleRef.name, NAME)
    t.strictSame(subjects, [{ kind: 'ServiceAccount', name: NAME, namespace: deployment.metadata.namespace }])
  }
  t.equal(baseObject('ServiceAccount', NAME).automountServiceAccountToken, false)
  t.equal(pod.serviceAccountName, NAME)
})

t.test('a new one is there before the old one ends', async t => {
  t.strictSame(deployment.spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } })
})
