// What the manifests say and what the code does must be the same. The overlays as kustomize renders them, and what an API server
// makes of them, are the end-to-end tests' to see.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { IMAGE_ENTRY_POINT, IMAGE_USER } from '../scripts/image-root.ts'
import { POD_TEMPLATE_KINDS } from '../src/admission/pod-template-kinds.ts'
import {
  CERTIFICATE_SECRET,
  GUARD_NAMESPACE,
  serviceDnsNames,
  WEBHOOK_CONFIGURATION,
  webhookName,
} from '../src/cli/webhook-objects.ts'
import { DEFAULT_CONFIGURATION } from '../src/config/default-configuration.ts'
import { parseGuardConfiguration } from '../src/config/parse-guard-configuration.ts'
import { parseSettings } from '../src/config/settings.ts'
import { SETTINGS } from '../src/config/settings-table.ts'
import { createOpsServer } from '../src/server/ops-server.ts'
import { REVIEW_PATHS } from '../src/server/review-target.ts'
import { baseObject, MANIFESTS, manifestFiles, readManifest, type Yaml } from './support/manifests.ts'

const deployment = baseObject('Deployment', 'soci-guard')
const service = baseObject('Service')
const pod = deployment.spec.template.spec
const [container] = pod.containers
const { webhooks } = baseObject('ValidatingWebhookConfiguration')
const byName = (name: string): Yaml => webhooks.find((webhook: Yaml) => webhook.name === name)
const mountOf = (name: string): string => container.volumeMounts.find((mount: Yaml) => mount.name === name).mountPath
const parsed = parseSettings('serve', container.args.slice(1), {})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const settings = parsed.value
const { version } = JSON.parse(readFileSync(join(MANIFESTS, '../package.json'), 'utf8'))

t.test('every file belongs to a kustomization, and every kustomization has its files', async t => {
  const files = manifestFiles()
  const named = files
    .filter(file => file.endsWith('kustomization.yaml'))
    .flatMap(file => {
      const { resources = [], patches = [], configMapGenerator = [] } = readManifest(file)[0]
      const names = [...resources, ...patches.map((patch: Yaml) => patch.path)]
      names.push(...configMapGenerator.flatMap((generator: Yaml) => generator.files))
      const own = names.filter(name => !name.startsWith('..')).map(name => join(dirname(file), name))
      return [file, ...own]
    })
  t.strictSame(named.sort(), files)
})

t.test('serve takes its arguments, finds its files where they are mounted, and listens where it is asked', async t => {
  t.equal(container.args[0], 'serve')
  t.equal(container.command, undefined, 'the entry point is that of the image')
  t.equal(settings.config, `${mountOf('config')}/guard.yaml`)
  t.equal(settings.certDir, mountOf('certs'))
  t.strictSame(container.ports, [
    { name: 'https', containerPort: settings.port },
    { name: 'ops', containerPort: settings.opsPort },
  ])
  t.strictSame(
    service.spec.ports.map((port: Yaml) => port.targetPort),
    ['https', 'ops'],
  )
})

t.test(
  'its volumes are the ConfigMap that every overlay makes under one name, and the Secret that certs makes',
  async t => {
    const volumes = Object.fromEntries(pod.volumes.map((volume: Yaml) => [volume.name, volume]))
    t.equal(volumes.certs.secret.secretName, CERTIFICATE_SECRET)
    t.notOk(volumes.certs.secret.optional, 'no pod starts without a certificate')
    for (const folder of ['base', 'overlays/enforce', 'overlays/production']) {
      const [generator, ...more] = readManifest(`${folder}/kustomization.yaml`)[0].configMapGenerator
      t.strictSame(more, [])
      t.equal(generator.name, volumes.config.configMap.name)
      t.equal(generator.namespace, GUARD_NAMESPACE)
      t.strictSame(generator.files, ['guard.yaml'])
      t.ok(generator.options.disableNameSuffixHash, 'an edit reaches running replicas')
    }
  },
)

t.test('its configurations are valid, and say the mode of their overlay', async t => {
  for (const [file, mode] of [
    ['base/guard.yaml', 'audit'],
    ['overlays/enforce/guard.yaml', 'enforce'],
    ['overlays/production/guard.yaml', 'enforce'],
  ] as const) {
    const configuration = parseGuardConfiguration(readFileSync(join(MANIFESTS, file), 'utf8'), file)
    t.strictSame(configuration, { ok: true, value: { ...DEFAULT_CONFIGURATION, mode } })
  }
})

t.test('its variables are known ones', async t => {
  const known = new Set([
    'NODE_OPTIONS',
    ...Object.values(SETTINGS).flatMap(row => ('variable' in row ? row.variable : [])),
  ])
  t.strictSame(
    container.env.filter(({ name }: Yaml) => !known.has(name)),
    [],
  )
})

t.test('the heap ends well below the memory limit', async t => {
  const { value } = container.env.find(({ name }: Yaml) => name === 'NODE_OPTIONS')
  const heapMiB = Number(/^--max-old-space-size=(\d+)(?: |$)/.exec(value)?.[1])
  const limitMiB = Number(/^(\d+)Mi$/.exec(container.resources.limits.memory)?.[1])
  t.ok(heapMiB >= 128 && heapMiB <= limitMiB / 2, `${heapMiB} MiB of ${limitMiB}`)
})

t.test('a pod may take as long to end as serve needs', async t => {
  // Draining, then a second of refusing, then ten for answers under way: src/cli/serve.ts.
  t.ok(pod.terminationGracePeriodSeconds > settings.drainSeconds + 11)
})

t.test('the probes ask for pages that there are', async t => {
  const server = createOpsServer({ checks: [], metrics: async () => ({ contentType: 'text/plain', body: '' }) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  for (const probe of [container.readinessProbe, container.livenessProbe]) {
    t.equal(probe.httpGet.port, 'ops')
    t.equal((await fetch(`http://127.0.0.1:${port}${probe.httpGet.path}`)).status, 200)
  }
  t.not(container.livenessProbe.httpGet.path, '/readyz', 'what is not ready yet must not be restarted for it')
})

t.test('the image is that of this version, run as its user with no rights', async t => {
  t.equal(container.image, `ghcr.io/soci-guard/soci-guard:${version}`)
  t.match(pod.securityContext, {
    runAsNonRoot: true,
    runAsUser: IMAGE_USER.uid,
    runAsGroup: IMAGE_USER.gid,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  t.strictSame(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  t.equal(container.lifecycle, undefined, 'there is no shell for a hook')
  const dockerfile = readFileSync(join(MANIFESTS, '../Dockerfile'), 'utf8')
  t.match(dockerfile, `USER ${IMAGE_USER.uid}:${IMAGE_USER.gid}\n`)
  t.match(dockerfile, `ENTRYPOINT ${JSON.stringify(IMAGE_ENTRY_POINT).replace(',', ', ')}\n`)
})

t.test('everything that selects the replicas selects these', async t => {
  const { labels } = deployment.spec.template.metadata
  const selectors = [
    deployment.spec.selector.matchLabels,
    service.spec.selector,
    baseObject('PodDisruptionBudget').spec.selector.matchLabels,
    ...pod.topologySpreadConstraints.map((constraint: Yaml) => constraint.labelSelector.matchLabels),
  ]
  t.equal(selectors.length, 5)
  for (const selector of selectors) t.strictSame(selector, labels)
  t.ok(deployment.spec.replicas >= 2)
})

t.test('serve may do what it does and nothing else', async t => {
  const read = ['get', 'list', 'watch']
  const { rules } = baseObject('ClusterRole', 'soci-guard')
  const rights = rules.flatMap(({ apiGroups, resources, verbs }: Yaml) =>
    resources.map((resource: string) => [apiGroups.join(), resource, verbs]),
  )
  t.strictSame(rights, [
    ['', 'nodes', read],
    ['soci-guard.dev', 'nodesnapshotters', ['list', 'watch']],
    ['node.k8s.io', 'runtimeclasses', ['list', 'watch']],
    ['', 'namespaces', ['list', 'watch']],
    ['', 'pods', ['get']],
  ])
  const { roleRef, subjects } = baseObject('ClusterRoleBinding', 'soci-guard')
  t.equal(roleRef.name, 'soci-guard')
  t.strictSame(subjects, [{ kind: 'ServiceAccount', name: pod.serviceAccountName, namespace: GUARD_NAMESPACE }])
})

t.test('people may look, and change nothing', async t => {
  const { rules } = baseObject('ClusterRole', 'soci-guard-viewer')
  const verbs = new Set(rules.flatMap((rule: Yaml) => rule.verbs))
  t.strictSame([...verbs].sort(), ['get', 'list', 'watch'])
})

t.test('each webhook is asked at its own path, through the Service', async t => {
  t.equal(baseObject('ValidatingWebhookConfiguration').metadata.name, WEBHOOK_CONFIGURATION)
  const { name, namespace } = service.metadata
  const want = Object.entries(REVIEW_PATHS).map(([webhook, path]) => ({
    name: webhookName(webhook),
    clientConfig: { service: { namespace, name, port: service.spec.ports[0].port, path } },
  }))
  t.strictSame(
    webhooks.map((webhook: Yaml) => ({ name: webhook.name, clientConfig: webhook.clientConfig })),
    want,
    'and there is no caBundle that applying again would put back',
  )
})

t.test('no webhook changes anything, waits long, or is asked about the namespaces that must always start', async t => {
  for (const webhook of webhooks) {
    t.match(webhook, { sideEffects: 'None', matchPolicy: 'Equivalent', admissionReviewVersions: ['v1'] })
    t.ok(webhook.timeoutSeconds <= 5)
    const [expression, ...more] = webhook.namespaceSelector.matchExpressions
    t.strictSame(more, [])
    t.match(expression, { key: 'kubernetes.io/metadata.name', operator: 'NotIn' })
    t.strictSame(expression.values, ['kube-system', 'kube-node-lease', GUARD_NAMESPACE])
    for (const exempt of DEFAULT_CONFIGURATION.exemptions.namespaces) t.ok(expression.values.includes(exempt))
    t.equal(webhook.objectSelector, undefined)
  }
})

const rulesOf = (name: string): string[] =>
  byName(name).rules.flatMap(({ apiGroups, apiVersions, operations, resources, scope }: Yaml) => {
    t.strictSame([apiVersions, scope], [['v1'], 'Namespaced'])
    return operations.flatMap((operation: string) =>
      resources.map((resource: string) => `${operation} ${apiGroups.join()}/${resource}`),
    )
  })

t.test('the rules are those of the design', async t => {
  t.strictSame(rulesOf('bindings.soci-guard.dev'), ['CREATE /pods/binding', 'CREATE /bindings'])
  t.strictSame(rulesOf('pods.soci-guard.dev'), ['CREATE /pods', 'UPDATE /pods', 'UPDATE /pods/ephemeralcontainers'])
  const kinds = POD_TEMPLATE_KINDS.flatMap(({ group, resource }) => [
    `CREATE ${group}/${resource}`,
    `UPDATE ${group}/${resource}`,
  ])
  t.strictSame(rulesOf('advisory.soci-guard.dev').sort(), kinds.sort())
})

t.test('conditions keep most requests in the API server', async t => {
  const conditionsOf = (name: string): string[] =>
    (byName(name).matchConditions ?? []).map((condition: Yaml) => condition.name)
  t.strictSame(conditionsOf('bindings.soci-guard.dev'), [], 'every placement is judged')
  t.strictSame(conditionsOf('pods.soci-guard.dev'), [
    'created-with-a-node',
    'updated-with-an-image-on-a-node',
    'not-the-mirror-of-a-static-pod',
  ])
  t.strictSame(conditionsOf('advisory.soci-guard.dev'), [
    'not-by-the-control-plane',
    'no-pod-that-has-a-node',
    'more-than-metadata',
  ])
})

t.test('nothing fails closed unless the enforcing overlay says so, and the advisory webhook never does', async t => {
  t.strictSame(
    webhooks.map((webhook: Yaml) => webhook.failurePolicy),
    ['Ignore', 'Ignore', 'Ignore'],
  )
  const [patch] = readManifest('overlays/enforce/failure-policy.yaml')
  t.equal(patch.metadata.name, WEBHOOK_CONFIGURATION)
  t.strictSame(patch.webhooks, [
    { name: 'bindings.soci-guard.dev', failurePolicy: 'Fail' },
    { name: 'pods.soci-guard.dev', failurePolicy: 'Fail' },
  ])
})

t.test('cert-manager makes the Secret that is mounted, for the names of the Service', async t => {
  const folder = 'components/cert-manager'
  const [certificate] = readManifest(`${folder}/serving-certificate.yaml`)
  const { name, namespace } = service.metadata
  t.equal(certificate.spec.secretName, CERTIFICATE_SECRET)
  t.strictSame(certificate.spec.dnsNames, serviceDnsNames(namespace, name))
  const [selfSigned, authority, issuer] = readManifest(`${folder}/authority.yaml`)
  t.equal(certificate.spec.issuerRef.name, issuer.metadata.name)
  t.equal(issuer.spec.ca.secretName, authority.spec.secretName)
  t.equal(authority.spec.issuerRef.name, selfSigned.metadata.name)
  const [patch] = readManifest(`${folder}/inject-authority.yaml`)
  t.equal(patch.metadata.name, WEBHOOK_CONFIGURATION)
  const from = `${certificate.metadata.namespace}/${certificate.metadata.name}`
  t.strictSame(patch.metadata.annotations, { 'cert-manager.io/inject-ca-from': from })
})
