import t from 'tap'
import { readTemplate } from '../../src/admission/pod-template.ts'
import { type Prediction, predict } from '../../src/admission/predict.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import { exemptionsOf, FOUR_NODES, KATA_CLASS, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'
import { pinTo } from '../support/review-request.ts'

const templateOf = (object: object) => {
  const parsed = readTemplate(object)
  if (!parsed?.ok) throw new Error(`not a template: ${JSON.stringify(parsed)}`)
  return parsed.value
}
const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec,
})
const deployment = (spec: object, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', ...metadata },
  spec: { template: { spec } },
})
const on = (...names: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] }],
      },
    },
  },
})

const MIXED =
  'node mixed is Mixed (ConfiguredAfterLaunch): 1 image was unpacked elsewhere in this boot (nginx:1.27) although soci is now the default. Replace the node; its images cannot be repaired in place.'
const MIXED_LINE = 'Mixed (ConfiguredAfterLaunch): mixed: replace the node'

interface Row {
  readonly name: string
  readonly object: object
  readonly configuration?: Partial<GuardConfiguration>
  readonly namespaceModes?: Readonly<Record<string, string>>
  readonly want: Omit<Prediction, 'nodes'>
}

const rows: Row[] = [
  {
    name: 'a pod placed on a Ready node',
    object: pod({ nodeName: 'ready' }),
    want: { verdict: 'allow', message: 'node ready is Ready' },
  },
  {
    name: 'a pod placed on a Mixed node',
    object: pod({ nodeName: 'mixed' }),
    want: { verdict: 'deny', message: MIXED },
  },
  { name: 'a pinned pod', object: pod({ affinity: pinTo('mixed') }), want: { verdict: 'deny', message: MIXED } },
  {
    name: 'a template with a node name',
    object: deployment({ nodeName: 'mixed' }),
    want: { verdict: 'deny', message: MIXED },
  },
  {
    name: 'a placed pod in warn mode',
    object: pod({ nodeName: 'mixed' }),
    configuration: { mode: 'warn' },
    want: { verdict: 'warn', message: MIXED },
  },
  {
    name: 'a placed pod in audit mode',
    object: pod({ nodeName: 'mixed' }),
    configuration: { mode: 'audit' },
    want: { verdict: 'allow', message: `only recorded (audit): ${MIXED}` },
  },
  {
    name: 'a placed pod in mode off',
    object: pod({ nodeName: 'mixed' }),
    configuration: { mode: 'off' },
    want: { verdict: 'allow', message: 'the mode is off on node mixed' },
  },
  {
    name: 'a placed pod on an unverified node that is allowed',
    object: pod({ nodeName: 'silent' }),
    configuration: { unverified: 'allow' },
    want: {
      verdict: 'allow',
      message:
        'allowed although unverified: node silent is Unverified (NoReport): no report of its snapshotters exists. Check that the soci-guard agent runs on the node and can write its report.',
    },
  },
  {
    name: 'a placed pod whose runtime class uses another snapshotter there',
    object: pod({ nodeName: 'kata', runtimeClassName: 'kata' }),
    want: {
      verdict: 'deny',
      message:
        'node kata is Ready, but not for this pod (RuntimeHandlerUsesOtherSnapshotter): RuntimeClass kata has the handler kata, which uses snapshotter devmapper and not soci. Use a RuntimeClass whose handler uses soci.',
    },
  },
  {
    name: 'every eligible node accepts it',
    object: deployment(on('ready', 'kata')),
    want: { verdict: 'allow', message: 'all 2 eligible nodes are SOCI-ready' },
  },
  {
    name: 'the only eligible node accepts it',
    object: deployment(on('ready')),
    want: { verdict: 'allow', message: 'the only eligible node is SOCI-ready' },
  },
  {
    name: 'some eligible nodes would refuse it',
    object: deployment({}),
    want: {
      verdict: 'warn',
      message: `2 of 4 eligible nodes are not SOCI-ready; pods are refused there. ${MIXED_LINE} (and 1 more reason)`,
    },
  },
  {
    name: 'every eligible node would refuse it',
    object: deployment(on('mixed', 'silent')),
    want: {
      verdict: 'deny',
      message: `all 2 eligible nodes are not SOCI-ready: its pods could not start anywhere. ${MIXED_LINE} (and 1 more reason)`,
    },
  },
  {
    name: 'every eligible node would warn about it',
    object: deployment(on('mixed')),
    namespaceModes: { default: 'warn' },
    want: {
      verdict: 'warn',
      message: `the only eligible node is not SOCI-ready; pods get a warning there. ${MIXED_LINE}`,
    },
  },
  {
    name: 'audit mode would record it',
    object: deployment({}),
    configuration: { mode: 'audit' },
    want: {
      verdict: 'allow',
      message: `2 of 4 eligible nodes are not SOCI-ready; pods there are only recorded (audit). ${MIXED_LINE} (and 1 more reason)`,
    },
  },
  {
    name: 'mode off',
    object: deployment({}),
    configuration: { mode: 'off' },
    want: { verdict: 'allow', message: '2 of 4 eligible nodes are not SOCI-ready; the mode is off there' },
  },
  {
    name: 'unverified nodes that are allowed',
    object: deployment(on('ready', 'silent')),
    configuration: { unverified: 'allow' },
    want: { verdict: 'allow', message: '1 of 2 eligible nodes is not SOCI-ready; that is allowed there' },
  },
  {
    name: 'a runtime class that uses another snapshotter on some nodes',
    object: deployment({ ...on('ready', 'kata'), runtimeClassName: 'kata' }),
    want: {
      verdict: 'warn',
      message:
        '1 of 2 eligible nodes is not SOCI-ready; pods are refused there. Ready (RuntimeHandlerUsesOtherSnapshotter): kata: give every runtime handler the same snapshotter',
    },
  },
  {
    name: 'no eligible node',
    object: deployment({ nodeSelector: { zone: 'mars' } }),
    want: { verdict: 'warn', message: 'no node is eligible: NodeAffinity keeps the pod off 4 of 4 nodes' },
  },
  {
    name: 'an exempt namespace',
    object: deployment({}, { namespace: 'kube-system' }),
    configuration: { exemptions: exemptionsOf({ namespaces: new Set(['kube-system']) }) },
    want: { verdict: 'allow', message: 'exempt by namespace' },
  },
  {
    name: 'an exempt label',
    object: pod({ nodeName: 'mixed' }, { labels: { team: 'infra' } }),
    configuration: {
      exemptions: exemptionsOf({ podSelector: { matchLabels: { team: 'infra' }, matchExpressions: [] } }),
    },
    want: { verdict: 'allow', message: 'exempt by podSelector' },
  },
  {
    name: 'the mode of the namespace that the object names',
    object: pod({ nodeName: 'mixed' }, { namespace: 'shop' }),
    namespaceModes: { shop: 'warn' },
    want: { verdict: 'warn', message: MIXED },
  },
  {
    name: 'the mode of namespace default for an object without one',
    object: pod({ nodeName: 'mixed' }),
    namespaceModes: { default: 'off' },
    want: { verdict: 'allow', message: 'the mode is off on node mixed' },
  },
]

for (const { name, object, configuration = {}, namespaceModes = {}, want } of rows) {
  t.test(name, async t => {
    const view = viewOf({ nodes: FOUR_NODES, configuration, namespaceModes, runtimeClasses: [KATA_CLASS] })
    t.strictSame(predict(templateOf(object), view, { explain: false }), { ...want, nodes: [] })
  })
}

t.test('an explanation has every node by name, with its filter and its verdict for this pod', async t => {
  const view = viewOf({
    nodes: [
      ...FOUR_NODES,
      [nodeOf('cordoned', { unschedulable: true }), reportOf('cordoned')],
      [nodeOf('tainted', { taints: [{ key: 'a', value: '', effect: 'NoSchedule' }] }), reportOf('tainted')],
    ],
    runtimeClasses: [KATA_CLASS],
  })
  const object = pod({ ...on('ready', 'kata', 'silent', 'cordoned', 'tainted'), runtimeClassName: 'kata' })
  t.strictSame(predict(templateOf(object), view, { explain: true }).nodes, [
    { name: 'cordoned', eligible: false, filter: 'NodeUnschedulable', state: 'Ready', reason: '' },
    { name: 'kata', eligible: true, filter: null, state: 'Ready', reason: 'RuntimeHandlerUsesOtherSnapshotter' },
    { name: 'mixed', eligible: false, filter: 'NodeAffinity', state: 'Mixed', reason: 'ConfiguredAfterLaunch' },
    { name: 'ready', eligible: true, filter: null, state: 'Ready', reason: '' },
    { name: 'silent', eligible: true, filter: null, state: 'Unverified', reason: 'NoReport' },
    { name: 'tainted', eligible: false, filter: 'TaintToleration', state: 'Ready', reason: '' },
  ])
})

t.test('what admission adds to a pod counts, its runtime class among it', async t => {
  const lost = nodeOf('lost', { taints: [{ key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoExecute' }] })
  const big = { ...KATA_CLASS, name: 'big', nodeSelector: { size: 'big' } }
  const view = viewOf({ nodes: [[lost, reportOf('lost')]], runtimeClasses: [big] })
  t.strictSame(predict(templateOf(pod({})), view, { explain: false }), {
    verdict: 'allow',
    message: 'the only eligible node is SOCI-ready',
    nodes: [],
  })
  t.strictSame(predict(templateOf(pod({ runtimeClassName: 'big' })), view, { explain: false }), {
    verdict: 'warn',
    message: 'no node is eligible: NodeAffinity keeps the pod off 1 of 1 nodes',
    nodes: [],
  })
})

t.test('without any node there is nothing to say but that', async t => {
  t.strictSame(predict(templateOf(pod({})), viewOf(), { explain: true }), {
    verdict: 'warn',
    message: 'no node is eligible: the inventory has no nodes',
    nodes: [],
  })
})
