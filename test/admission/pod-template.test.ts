import t from 'tap'
import { readTemplate } from '../../src/admission/pod-template.ts'
import { POD_TEMPLATE_KINDS } from '../../src/admission/pod-template-kinds.ts'

const template = {
  metadata: { labels: { app: 'web' }, annotations: { note: 'x' } },
  spec: { nodeSelector: { zone: 'z1' }, runtimeClassName: 'kata', hostNetwork: true },
}
const facts = { uid: '', labels: { app: 'web' }, annotations: { note: 'x' }, runtimeClassName: 'kata' }
const constraints = { nodeName: '', nodeSelector: { zone: 'z1' }, requiredTerms: null, tolerations: [] }

t.test('the template of each of the eight kinds is read from its place', async t => {
  for (const { group, kind, path } of POD_TEMPLATE_KINDS.filter(({ path }) => path.length > 0)) {
    const inner = path.reduceRight<object>((value, key) => ({ [key]: value }), template)
    const apiVersion = group === '' ? 'v1' : `${group}/v1`
    const object = { apiVersion, kind, metadata: { namespace: 'shop', name: 'web' }, ...inner }
    t.strictSame(
      readTemplate(object),
      {
        ok: true,
        value: {
          kind,
          namespace: 'shop',
          name: 'web',
          facts,
          daemonSet: kind === 'DaemonSet' ? { hostNetwork: true } : null,
          constraints,
        },
      },
      kind,
    )
  }
})

t.test('a Pod is its own template, and may have only a generateName', async t => {
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { ...template.metadata, generateName: 'web-' } }
  t.strictSame(readTemplate(pod), {
    ok: true,
    value: { kind: 'Pod', namespace: '', name: 'web-', facts, daemonSet: null, constraints },
  })
})

t.test('what makes no pods has no template', async t => {
  const objects = [
    null,
    'text',
    [],
    {},
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'example.com/v1', kind: 'Deployment', spec: { template } },
    { apiVersion: 'apps/v1', kind: 'Pod', spec: {} },
    { apiVersion: 'v1', kind: 'ReplicationController', spec: { replicas: 1, template: null } },
    { apiVersion: 1, kind: 'Pod' },
    { apiVersion: 'v1', kind: 'constructor' },
  ]
  for (const object of objects) t.equal(readTemplate(object), null, JSON.stringify(object))
})

t.test('every problem of a template is told with its path', async t => {
  const bad = {
    metadata: { labels: { app: 1 } },
    spec: { runtimeClassName: {}, nodeSelector: { zone: true }, tolerations: [{ operator: 'Near' }] },
  }
  t.strictSame(
    readTemplate({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: { template: bad } } } }),
    {
      ok: false,
      problems: [
        { path: 'spec.jobTemplate.spec.template.metadata.labels[app]', message: 'expected a string, found number 1' },
        { path: 'spec.jobTemplate.spec.template.spec.runtimeClassName', message: 'expected a string, found an object' },
        {
          path: 'spec.jobTemplate.spec.template.spec.nodeSelector[zone]',
          message: 'expected a string, found boolean true',
        },
        {
          path: 'spec.jobTemplate.spec.template.spec.tolerations[0].operator',
          message: 'unknown operator "Near": expected one of Equal, Exists, Lt, Gt',
        },
      ],
    },
  )
  t.strictSame(readTemplate({ apiVersion: 'v1', kind: 'Pod' }), {
    ok: false,
    problems: [{ path: 'spec', message: 'expected an object, found none' }],
  })
})
