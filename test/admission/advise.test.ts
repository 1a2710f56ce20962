import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { Outcome } from '../../src/admission/outcome.ts'
import { POD_TEMPLATE_KINDS } from '../../src/admission/pod-template-kinds.ts'
import type { ReviewRequest } from '../../src/admission/review-request.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import {
  exemptionsOf,
  FOUR_NODES,
  KATA_CLASS,
  mixedReportOf,
  nodeOf,
  reportOf,
  viewOf,
} from '../support/cluster-view.ts'
import { createdPod, pinTo, requestOf } from '../support/review-request.ts'
import { sameParts } from '../support/same-parts.ts'

/** CREATE of an object of the kind, with this pod template in the right place. */
const objectOf = (kindName: string, template: object): ReviewRequest => {
  const kind = POD_TEMPLATE_KINDS.find(({ kind }) => kind === kindName)
  if (kind === undefined) throw new Error(`no kind ${kindName}`)
  const object = kind.path.reduceRight<object>((inner, key) => ({ [key]: inner }), template)
  return requestOf({
    kind: { group: kind.group, version: 'v1', kind: kind.kind },
    resource: { group: kind.group, version: 'v1', resource: kind.resource },
    object: { metadata: { name: 'web' }, ...object },
  })
}
const deployment = (spec: object, metadata: object = {}): ReviewRequest => objectOf('Deployment', { metadata, spec })

const IRRELEVANT: Partial<Outcome> = { decision: 'allow', mode: '', state: '', reason: '', exempt: '', warnings: [] }
const HEADLINE = '2 of 4 eligible nodes are not SOCI-ready; pods are refused there'
const MIXED_LINE = 'Mixed (ConfiguredAfterLaunch): mixed: replace the node'
const SILENT_LINE =
  'Unverified (NoReport): silent: check that the soci-guard agent runs on the node and can write its report'
const WARNED: Partial<Outcome> = {
  decision: 'warn',
  mode: 'enforce',
  state: 'Mixed',
  reason: 'ConfiguredAfterLaunch',
  node: '',
  evidence: '',
  message: `${HEADLINE}. ${MIXED_LINE} (and 1 more reason)`,
  warnings: [HEADLINE, MIXED_LINE, SILENT_LINE],
  denial: null,
}
const on = (...names: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] }],
      },
    },
  },
})

interface Row {
  readonly name: string
  readonly request: ReviewRequest
  readonly configuration?: Partial<GuardConfiguration>
  readonly namespaceMode?: string
  readonly want: Partial<Outcome>
}

const rows: Row[] = [
  { name: 'an unscheduled pod is told what the scheduler could do to it', request: createdPod({}), want: WARNED },
  ...POD_TEMPLATE_KINDS.filter(({ path }) => path.length > 0).map(({ kind }) => ({
    name: `the template of a ${kind} is found`,
    request: objectOf(kind, { spec: {} }),
    want: WARNED,
  })),
  {
    name: 'nothing is said when every eligible node is Ready',
    request: deployment(on('ready', 'kata')),
    want: { decision: 'allow', mode: 'enforce', state: '', warnings: [], message: '' },
  },
  {
    name: 'nothing is said when no node is eligible',
    request: deployment({ nodeSelector: { zone: 'mars' } }),
    want: { decision: 'allow', mode: 'enforce', warnings: [] },
  },
  {
    name: 'one node of two, in the singular',
    request: deployment(on('ready', 'mixed')),
    want: {
      decision: 'warn',
      warnings: ['1 of 2 eligible nodes is not SOCI-ready; pods are refused there', MIXED_LINE],
    },
  },
  {
    name: 'when every eligible node would refuse them, they could start nowhere',
    request: deployment(on('mixed', 'silent')),
    want: {
      decision: 'warn',
      warnings: ['all 2 eligible nodes are not SOCI-ready: its pods could not start anywhere', MIXED_LINE, SILENT_LINE],
    },
  },
  {
    name: 'the only node',
    request: createdPod(on('mixed')),
    want: {
      decision: 'warn',
      warnings: ['the only eligible node is not SOCI-ready: this pod could not start anywhere', MIXED_LINE],
    },
  },
  {
    name: 'in warn mode pods are not refused',
    request: deployment({}),
    namespaceMode: 'warn',
    want: {
      decision: 'warn',
      mode: 'warn',
      warnings: ['2 of 4 eligible nodes are not SOCI-ready; pods get a warning there', MIXED_LINE, SILENT_LINE],
    },
  },
  {
    name: 'all of them, in warn mode',
    request: deployment(on('mixed', 'silent')),
    namespaceMode: 'warn',
    want: { warnings: ['all 2 eligible nodes are not SOCI-ready; pods get a warning there', MIXED_LINE, SILENT_LINE] },
  },
  {
    name: 'where unverified is warn, the two kinds of nodes are told apart',
    request: deployment({}),
    configuration: { unverified: 'warn' },
    want: {
      decision: 'warn',
      mode: 'enforce',
      warnings: ['2 of 4 eligible nodes are not SOCI-ready; pods are refused on 1 of them', MIXED_LINE, SILENT_LINE],
    },
  },
  {
    name: 'where unverified is allow, unverified nodes are not counted',
    request: deployment({}),
    configuration: { unverified: 'allow' },
    want: {
      decision: 'warn',
      warnings: ['1 of 4 eligible nodes is not SOCI-ready; pods are refused there', MIXED_LINE],
    },
  },
  {
    name: 'where unverified is allow and nothing else is wrong, nothing is said',
    request: deployment(on('ready', 'silent')),
    configuration: { unverified: 'allow' },
    want: { decision: 'allow', warnings: [], state: '', reason: '' },
  },
  {
    name: 'audit mode is silent, but the log gets the text',
    request: deployment({}),
    namespaceMode: 'audit',
    want: {
      decision: 'audit',
      mode: 'audit',
      state: 'Mixed',
      reason: 'ConfiguredAfterLaunch',
      warnings: [],
      message: `2 of 4 eligible nodes are not SOCI-ready; pods there are only recorded (audit). ${MIXED_LINE} (and 1 more reason)`,
    },
  },
  {
    name: 'mode off says nothing',
    request: deployment({}),
    namespaceMode: 'off',
    want: { decision: 'allow', mode: 'off', warnings: [] },
  },
  {
    name: 'an exempt namespace is told nothing',
    request: deployment({}),
    configuration: { exemptions: exemptionsOf({ namespaces: new Set(['default']) }) },
    want: { decision: 'allow', exempt: 'namespace', warnings: [] },
  },
  {
    name: 'an exempt label of the template',
    request: deployment({}, { labels: { team: 'infra' } }),
    configuration: {
      exemptions: exemptionsOf({ podSelector: { matchLabels: { team: 'infra' }, matchExpressions: [] } }),
    },
    want: { decision: 'allow', exempt: 'podSelector', warnings: [] },
  },
  {
    name: 'an exempt runtime class of the template',
    request: deployment({ runtimeClassName: 'special' }),
    configuration: { exemptions: exemptionsOf({ runtimeClasses: new Set(['special']) }) },
    want: { decision: 'allow', exempt: 'runtimeClass', warnings: [] },
  },
  { name: 'a pod with nodeName is for the pods webhook', request: createdPod({ nodeName: 'mixed' }), want: IRRELEVANT },
  { name: 'a pinned pod is for the pods webhook', request: createdPod({ affinity: pinTo('mixed') }), want: IRRELEVANT },
  {
    name: 'a template with nodeName has that one node, whatever the scheduler would think of it',
    request: deployment({ nodeName: 'mixed' }),
    want: {
      decision: 'warn',
      warnings: ['the only eligible node is not SOCI-ready: its pods could not start anywhere', MIXED_LINE],
    },
  },
  {
    name: 'a template with the name of a node that is not there',
    request: deployment({ nodeName: 'ghost' }),
    want: { decision: 'warn', state: 'Unverified', reason: 'NodeNotFound' },
  },
  {
    name: 'a runtime class on another snapshotter is not right for the nodes that have its handler',
    request: deployment({ ...on('ready', 'kata'), runtimeClassName: 'kata' }),
    want: {
      decision: 'warn',
      state: 'Ready',
      reason: 'RuntimeHandlerUsesOtherSnapshotter',
      warnings: [
        '1 of 2 eligible nodes is not SOCI-ready; pods are refused there',
        'Ready (RuntimeHandlerUsesOtherSnapshotter): kata: give every runtime handler the same snapshotter',
      ],
    },
  },
  {
    name: 'a ReplicationController without a template makes no pods',
    request: requestOf({
      resource: { group: '', version: 'v1', resource: 'replicationcontrollers' },
      object: { spec: { replicas: 1 } },
    }),
    want: IRRELEVANT,
  },
  { name: 'a subresource is irrelevant', request: { ...deployment({}), subResource: 'scale' }, want: IRRELEVANT },
  { name: 'DELETE is irrelevant', request: { ...deployment({}), operation: 'DELETE' }, want: IRRELEVANT },
  {
    name: 'a kind that makes no pods is irrelevant',
    request: requestOf({ resource: { group: '', version: 'v1', resource: 'services' }, object: {} }),
    want: IRRELEVANT,
  },
  {
    name: 'an UPDATE that leaves the template as it was is irrelevant',
    request: { ...deployment({}), operation: 'UPDATE', oldObject: deployment({}).object },
    want: IRRELEVANT,
  },
  {
    name: 'an UPDATE of the template is told',
    request: { ...deployment({ hostNetwork: true }), operation: 'UPDATE', oldObject: deployment({}).object },
    want: WARNED,
  },
  {
    name: 'an unknown operator is never a no: fail open, and what could not be told is said',
    request: deployment({ tolerations: [{ key: 'a', operator: 'Near' }] }),
    want: {
      decision: 'audit',
      mode: 'enforce',
      reason: 'SOCI_GUARD_UNKNOWN_OPERATOR',
      warnings: [
        'fail open: the nodes open to these pods were not judged because spec.template.spec.tolerations[0].operator: unknown ope…',
      ],
      denial: null,
    },
  },
  {
    name: 'the same in audit mode, silently',
    request: deployment({ tolerations: [{ key: 'a', operator: 'Near' }] }),
    namespaceMode: 'audit',
    want: { decision: 'audit', mode: 'audit', reason: 'SOCI_GUARD_UNKNOWN_OPERATOR', warnings: [] },
  },
  {
    name: 'a template without a spec cannot be told',
    request: objectOf('Job', {}),
    want: {
      decision: 'audit',
      reason: 'SOCI_GUARD_REVIEW_INVALID',
      message:
        'fail open: the nodes open to these pods were not judged because spec.template.spec: expected an object, found none. Correct that field.',
    },
  },
]

for (const { name, request, configuration = {}, namespaceMode, want } of rows) {
  t.test(name, async t => {
    const namespaceModes: Record<string, string> = namespaceMode === undefined ? {} : { default: namespaceMode }
    const view = viewOf({ nodes: FOUR_NODES, configuration, namespaceModes, runtimeClasses: [KATA_CLASS] })
    sameParts(t, admit('advisory', request, view), want)
  })
}

t.test(
  'what controllers and admission plugins add to pods counts for templates, not for a pod that has been through them',
  async t => {
    const view = viewOf({
      nodes: [
        [
          nodeOf('cordoned', {
            unschedulable: true,
            taints: [{ key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }],
          }),
          mixedReportOf('cordoned'),
        ],
        [
          nodeOf('lost', { taints: [{ key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoExecute' }] }),
          mixedReportOf('lost'),
        ],
        [nodeOf('ready'), reportOf('ready')],
      ],
    })
    const line = (request: ReviewRequest) => {
      const outcome = admit('advisory', request, view)
      return 'warnings' in outcome ? outcome.warnings[0] : 'needs a pod'
    }
    t.equal(
      line(objectOf('DaemonSet', { spec: {} })),
      '2 of 3 eligible nodes are not SOCI-ready; pods are refused there',
    )
    t.equal(line(deployment({})), '1 of 2 eligible nodes is not SOCI-ready; pods are refused there')
    t.equal(line(createdPod({})), undefined)
  },
)

t.test('groups come largest first, and modes of pools are told apart', async t => {
  const pool = {
    name: 'w',
    nodeSelector: { matchLabels: { pool: 'w' }, matchExpressions: [] },
    mode: 'warn',
    expectedSnapshotter: 'soci',
    evidence: 'report',
    readyLabels: {},
  } as const
  const view = viewOf({
    configuration: { pools: [pool] },
    nodes: [
      [nodeOf('m1'), mixedReportOf('m1')],
      ...Array.from({ length: 7 }, (_, at) => [nodeOf(`s${at}`), null] as const),
      ...['w1', 'w2'].map(name => [nodeOf(name, { labels: { pool: 'w' } }), mixedReportOf(name)] as const),
      [nodeOf('ready'), reportOf('ready')],
    ],
  })
  sameParts(t, admit('advisory', deployment({}), view), {
    mode: 'enforce',
    state: 'Unverified',
    warnings: [
      '10 of 11 eligible nodes are not SOCI-ready; pods are refused on 8 of them',
      'Unverified (NoReport): s0, s1, s2 and 4 more: check that the soci-guard agent runs on the node and can write its report',
      'Mixed (ConfiguredAfterLaunch): w1, w2: replace the node',
      'Mixed (ConfiguredAfterLaunch): m1: replace the node',
    ],
  })
})
