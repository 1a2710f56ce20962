// What the controller may do for the certificates, and how cert-manager takes that over.
import t from 'tap'
import {
  AUTHORITY_SECRET,
  CERTIFICATE_SECRET,
  GUARD_NAMESPACE,
  GUARD_SERVICE,
  WEBHOOK_CONFIGURATION,
} from '../src/cli/webhook-objects.ts'
import { parseSettings } from '../src/config/settings.ts'
import { baseObject, readManifest, type Yaml } from './support/manifests.ts'

const NAME = 'soci-guard-certificates'
const controller = baseObject('Deployment', 'soci-guard-controller')
const [container] = controller.spec.template.spec.containers

t.test('the controller may write two Secrets and one webhook configuration, by name, and see who serves', async t => {
  const { rules } = baseObject('Role', NAME)
  const [named, made, seen, ...more] = rules
  t.strictSame(more, [])
  t.strictSame(named, {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [AUTHORITY_SECRET, CERTIFICATE_SECRET],
    verbs: ['get', 'update', 'delete'],
  })
  t.strictSame(made, { apiGroups: [''], resources: ['secrets'], verbs: ['create'] })
  t.strictSame(seen, { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] })
  t.strictSame(baseObject('ClusterRole', NAME).rules, [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      resourceNames: [WEBHOOK_CONFIGURATION],
      verbs: ['get', 'update'],
    },
  ])
  const name = controller.spec.template.spec.serviceAccountName
  for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
    const { roleRef, subjects } = baseObject(kind, NAME)
    t.equal(roleRef.name, NAME)
    t.strictSame(subjects, [{ kind: 'ServiceAccount', name, namespace: GUARD_NAMESPACE }])
  }
})

t.test('the Service whose replicas are asked is the one of the manifests, and so is its port', async t => {
  const service = baseObject('Service')
  t.equal(service.metadata.name, GUARD_SERVICE)
  t.ok(service.spec.ports.some((port: Yaml) => port.name === 'https'))
})

t.test('the controller of the base keeps the certificates', async t => {
  const settings = parseSettings('controller', container.args.slice(1), {})
  t.match(settings, { ok: true, value: { certificates: 'controller' } })
})

t.test('with cert-manager it does not', async t => {
  const [patch] = readManifest('components/cert-manager/external-certificates.yaml')
  t.equal(patch.metadata.name, controller.metadata.name)
  const [patched] = patch.spec.template.spec.containers
  t.equal(patched.name, container.name)
  const env = Object.fromEntries(patched.env.map(({ name, value }: Yaml) => [name, value]))
  const settings = parseSettings('controller', container.args.slice(1), env)
  t.match(settings, { ok: true, value: { certificates: 'external' } })
})
