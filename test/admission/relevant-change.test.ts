import t from 'tap'
import { pullsAnotherImage, templateChanged } from '../../src/admission/relevant-change.ts'

const c = (name: string, image?: string) => ({ name, image })

t.test('an image is another when a name has it for the first time', async t => {
  const rows = [
    { name: 'the same', before: { containers: [c('a', '1')] }, after: { containers: [c('a', '1')] }, want: false },
    {
      name: 'a changed image',
      before: { containers: [c('a', '1')] },
      after: { containers: [c('a', '2')] },
      want: true,
    },
    {
      name: 'another order',
      before: { containers: [c('a', '1'), c('b', '2')] },
      after: { containers: [c('b', '2'), c('a', '1')] },
      want: false,
    },
    {
      name: 'images swapped',
      before: { containers: [c('a', '1'), c('b', '2')] },
      after: { containers: [c('a', '2'), c('b', '1')] },
      want: true,
    },
    {
      name: 'a container less',
      before: { containers: [c('a', '1'), c('b', '2')] },
      after: { containers: [c('a', '1')] },
      want: false,
    },
    {
      name: 'an init container more',
      before: { containers: [c('a', '1')] },
      after: { containers: [c('a', '1')], initContainers: [c('i', '1')] },
      want: true,
    },
    {
      name: 'an ephemeral container more',
      before: {},
      after: { ephemeralContainers: [c('debug', 'busybox')] },
      want: true,
    },
    {
      name: 'an image of an init container',
      before: { initContainers: [c('i', '1')] },
      after: { initContainers: [c('i', '2')] },
      want: true,
    },
    {
      name: 'a container named constructor',
      before: { containers: [] },
      after: { containers: [c('constructor', '1')] },
      want: true,
    },
    {
      name: 'no image given either time',
      before: { containers: [c('a')] },
      after: { containers: [c('a')] },
      want: false,
    },
    { name: 'nothing before', before: null, after: { containers: [c('a', '1')] }, want: true },
    { name: 'nothing after', before: { containers: [c('a', '1')] }, after: null, want: false },
    { name: 'no list', before: { containers: [] }, after: { containers: 'x' }, want: false },
  ]
  for (const { name, before, after, want } of rows) t.equal(pullsAnotherImage(before, after), want, name)
})

t.test('a template changed when something that a prediction reads did', async t => {
  const base = {
    metadata: { labels: { app: 'web' }, annotations: { note: 'a' } },
    spec: {
      nodeSelector: { zone: 'z1' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [] }] },
        },
      },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      containers: [c('a', '1')],
      terminationGracePeriodSeconds: 30,
    },
  }
  const rows = [
    { name: 'nothing', tweak: {}, want: false },
    {
      name: 'another field of the spec',
      tweak: { spec: { ...base.spec, terminationGracePeriodSeconds: 1 } },
      want: false,
    },
    { name: 'another annotation', tweak: { metadata: { ...base.metadata, annotations: { note: 'b' } } }, want: false },
    {
      name: 'null for what is absent',
      tweak: { spec: { ...base.spec, runtimeClassName: null, hostNetwork: null } },
      want: false,
    },
    {
      name: 'kubectl rollout restart',
      tweak: {
        metadata: {
          ...base.metadata,
          annotations: { note: 'a', 'kubectl.kubernetes.io/restartedAt': '2026-11-22T13:20:00Z' },
        },
      },
      want: true,
    },
    { name: 'a label', tweak: { metadata: { ...base.metadata, labels: { app: 'web', team: 'x' } } }, want: true },
    {
      name: 'a label with the name of a member of every object',
      tweak: { metadata: { ...base.metadata, labels: { app: 'web', constructor: 'x' } } },
      want: true,
    },
    { name: 'the node name', tweak: { spec: { ...base.spec, nodeName: 'n1' } }, want: true },
    { name: 'the node selector', tweak: { spec: { ...base.spec, nodeSelector: { zone: 'z2' } } }, want: true },
    { name: 'the node selector, gone', tweak: { spec: { ...base.spec, nodeSelector: undefined } }, want: true },
    { name: 'the node affinity', tweak: { spec: { ...base.spec, affinity: {} } }, want: true },
    {
      name: 'a preferred affinity',
      tweak: {
        spec: {
          ...base.spec,
          affinity: {
            nodeAffinity: { ...base.spec.affinity.nodeAffinity, preferredDuringSchedulingIgnoredDuringExecution: [] },
          },
        },
      },
      want: false,
    },
    {
      name: 'a toleration',
      tweak: { spec: { ...base.spec, tolerations: [{ key: 'b', operator: 'Exists' }] } },
      want: true,
    },
    {
      name: 'a toleration more',
      tweak: { spec: { ...base.spec, tolerations: [...base.spec.tolerations, { key: 'b' }] } },
      want: true,
    },
    { name: 'the runtime class', tweak: { spec: { ...base.spec, runtimeClassName: 'kata' } }, want: true },
    { name: 'the host network', tweak: { spec: { ...base.spec, hostNetwork: true } }, want: true },
    { name: 'an image', tweak: { spec: { ...base.spec, containers: [c('a', '2')] } }, want: true },
  ]
  for (const { name, tweak, want } of rows) t.equal(templateChanged(base, { ...base, ...tweak }), want, name)
  t.equal(templateChanged(undefined, base), true, 'no template before')
})
