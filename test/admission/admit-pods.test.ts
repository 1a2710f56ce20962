import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { Outcome } from '../../src/admission/outcome.ts'
import type { ReviewRequest } from '../../src/admission/review-request.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import { exemptionsOf, FOUR_NODES, KATA_CLASS, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'
import { createdPod, pinTo, requestOf } from '../support/review-request.ts'
import { sameParts } from '../support/same-parts.ts'

const REQUIRED = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution'
const FINDING =
  '1 image was unpacked elsewhere in this boot (nginx:1.27) although soci is now the default. Replace the node; its images cannot be repaired in place.'
const denial = (field: string): Partial<Outcome> => ({
  decision: 'deny',
  mode: 'enforce',
  state: 'Mixed',
  reason: 'ConfiguredAfterLaunch',
  node: 'mixed',
  message: `node mixed is Mixed (ConfiguredAfterLaunch): ${FINDING}`,
  warnings: [],
  denial: { code: 403, name: 'web-1', cause: { reason: 'ConfiguredAfterLaunch', message: FINDING, field } },
})
const IRRELEVANT: Partial<Outcome> = { decision: 'allow', mode: '', state: '', reason: '', node: '', exempt: '' }
const ON_MIXED = { nodeName: 'mixed' }
const MIRROR = { annotations: { 'kubernetes.io/config.mirror': 'abc' } }
const NODE_USER = { username: 'system:node:mixed', groups: ['system:nodes', 'system:authenticated'] }

const containers = (...images: string[]) => images.map((image, at) => ({ name: `c${at}`, image }))
const update = (oldSpec: object, spec: object, tweak: Partial<ReviewRequest> = {}): ReviewRequest =>
  createdPod(spec, {}, { operation: 'UPDATE', oldObject: { metadata: { name: 'web-1' }, spec: oldSpec }, ...tweak })

interface Row {
  readonly name: string
  readonly request: ReviewRequest
  readonly configuration?: Partial<GuardConfiguration>
  readonly want: Partial<Outcome>
}

const rows: Row[] = [
  { name: 'a pod placed by hand is judged by its node', request: createdPod(ON_MIXED), want: denial('spec.nodeName') },
  {
    name: 'a pod placed by hand on a Ready node is allowed',
    request: createdPod({ nodeName: 'ready' }),
    want: { decision: 'allow', mode: 'enforce', state: 'Ready', node: 'ready', evidence: 'report', warnings: [] },
  },
  {
    name: "a DaemonSet's pod is judged before it is bound",
    request: createdPod({ affinity: pinTo('mixed') }),
    want: denial(REQUIRED),
  },
  {
    name: 'an unscheduled pod is judged when it is bound',
    request: createdPod({ containers: containers('a') }),
    want: IRRELEVANT,
  },
  {
    name: 'an affinity that leaves a choice names no node',
    request: createdPod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['mixed'] }] },
              { matchExpressions: [{ key: 'zone', operator: 'In', values: ['z1'] }] },
            ],
          },
        },
      },
    }),
    want: IRRELEVANT,
  },
  {
    name: 'an unknown operator beside no field match is left to the binding',
    request: createdPod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Near', values: ['z1'] }] }],
          },
        },
      },
    }),
    want: IRRELEVANT,
  },
  {
    name: 'a new image on a scheduled pod is pulled there, so the node is judged',
    request: update({ ...ON_MIXED, containers: containers('a') }, { ...ON_MIXED, containers: containers('b') }),
    want: denial('spec.nodeName'),
  },
  {
    name: 'an ephemeral container on a scheduled pod is judged',
    request: update(
      { ...ON_MIXED, containers: containers('a') },
      { ...ON_MIXED, containers: containers('a'), ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
      { subResource: 'ephemeralcontainers' },
    ),
    want: denial('spec.nodeName'),
  },
  {
    name: 'an update that pulls nothing is irrelevant',
    request: update({ ...ON_MIXED, containers: containers('a') }, { ...ON_MIXED, containers: containers('a') }),
    want: IRRELEVANT,
  },
  {
    name: 'a new image on an unscheduled pod is irrelevant',
    request: update({ containers: containers('a') }, { containers: containers('b') }),
    want: IRRELEVANT,
  },
  ...['status', 'resize', 'eviction', 'binding'].map(subResource => ({
    name: `UPDATE of pods/${subResource} is irrelevant`,
    request: update(
      { ...ON_MIXED, containers: containers('a') },
      { ...ON_MIXED, containers: containers('b') },
      { subResource },
    ),
    want: IRRELEVANT,
  })),
  {
    name: 'DELETE is irrelevant',
    request: requestOf({ operation: 'DELETE', oldObject: { spec: ON_MIXED } }),
    want: IRRELEVANT,
  },
  {
    name: 'CONNECT is irrelevant',
    request: requestOf({ operation: 'CONNECT', subResource: 'exec', object: {} }),
    want: IRRELEVANT,
  },
  {
    name: 'another resource is irrelevant',
    request: createdPod(ON_MIXED, {}, { resource: { group: 'example.com', version: 'v1', resource: 'pods' } }),
    want: IRRELEVANT,
  },
  {
    name: 'a mirror pod of a node is exempt',
    request: createdPod(ON_MIXED, MIRROR, { user: NODE_USER }),
    want: { decision: 'allow', exempt: 'mirrorPod', node: 'mixed', state: '' },
  },
  {
    name: "a user's mirror annotation is worth nothing",
    request: createdPod(ON_MIXED, MIRROR),
    want: denial('spec.nodeName'),
  },
  {
    name: "a node's pod without the annotation is judged",
    request: createdPod(ON_MIXED, {}, { user: NODE_USER }),
    want: denial('spec.nodeName'),
  },
  {
    name: 'an exempt runtime class',
    request: createdPod({ ...ON_MIXED, runtimeClassName: 'special' }),
    configuration: { exemptions: exemptionsOf({ runtimeClasses: new Set(['special']) }) },
    want: { decision: 'allow', exempt: 'runtimeClass' },
  },
  {
    name: 'an exempt label',
    request: createdPod(ON_MIXED, { labels: { team: 'infra' } }),
    configuration: {
      exemptions: exemptionsOf({ podSelector: { matchLabels: { team: 'infra' }, matchExpressions: [] } }),
    },
    want: { decision: 'allow', exempt: 'podSelector' },
  },
  {
    name: 'an exempt namespace',
    request: createdPod(ON_MIXED),
    configuration: { exemptions: exemptionsOf({ namespaces: new Set(['default']) }) },
    want: { decision: 'allow', exempt: 'namespace' },
  },
  {
    name: 'warn mode warns',
    request: createdPod(ON_MIXED),
    configuration: { mode: 'warn' },
    want: {
      decision: 'warn',
      warnings: [
        'node mixed is Mixed (ConfiguredAfterLaunch): replace the node; its images cannot be repaired in place',
      ],
      denial: null,
    },
  },
  {
    name: 'audit mode is silent',
    request: createdPod(ON_MIXED),
    configuration: { mode: 'audit' },
    want: { decision: 'audit', warnings: [], denial: null },
  },
  {
    name: 'a runtime class on another snapshotter is a violation on a node that is Ready',
    request: createdPod({ nodeName: 'kata', runtimeClassName: 'kata' }),
    want: {
      decision: 'deny',
      state: 'Ready',
      reason: 'RuntimeHandlerUsesOtherSnapshotter',
      message:
        'node kata is Ready, but not for this pod (RuntimeHandlerUsesOtherSnapshotter): RuntimeClass kata has the handler kata, which uses snapshotter devmapper and not soci. Use a RuntimeClass whose handler uses soci.',
    },
  },
  {
    name: 'the handlers of a node are nothing to a pod without a runtime class',
    request: createdPod({ nodeName: 'kata' }),
    want: { decision: 'allow', state: 'Ready', reason: '', warnings: [] },
  },
  {
    name: 'the same class is nothing to a node whose handlers all use the default',
    request: createdPod({ nodeName: 'ready', runtimeClassName: 'kata' }),
    want: { decision: 'allow', state: 'Ready', reason: '' },
  },
  {
    name: 'a class that is not known is nothing to it either',
    request: createdPod({ nodeName: 'ready', runtimeClassName: 'unknown' }),
    want: { decision: 'allow', state: 'Ready', reason: '' },
  },
  {
    name: 'a class that is not known cannot be told on a node with other handlers',
    request: createdPod({ nodeName: 'kata', runtimeClassName: 'unknown' }),
    want: {
      decision: 'deny',
      mode: 'enforce',
      reason: 'SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND',
      message:
        'fail closed: the node of this pod was not judged because RuntimeClass unknown is not known, and node kata has handlers on other snapshotters. Create the RuntimeClass, or correct runtimeClassName.',
      denial: {
        code: 403,
        name: 'web-1',
        cause: {
          reason: 'SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND',
          message: 'RuntimeClass unknown is not known, and node kata has handlers on other snapshotters',
          field: 'spec.nodeName',
        },
      },
    },
  },
  {
    name: 'a nodeName of the wrong type cannot be judged',
    request: createdPod({ nodeName: 7 }),
    want: {
      decision: 'deny',
      reason: 'SOCI_GUARD_REVIEW_INVALID',
      message:
        'fail closed: the node of this pod was not judged because spec.nodeName: expected a string, found number. Correct that field.',
    },
  },
  {
    name: 'labels of the wrong type cannot be judged, with all their problems counted',
    request: createdPod(ON_MIXED, { labels: { a: 1, b: true } }),
    want: {
      decision: 'deny',
      reason: 'SOCI_GUARD_REVIEW_INVALID',
      message:
        'fail closed: the node of this pod was not judged because metadata.labels[a]: expected a string, found number 1 (and 1 more problem). Correct that field.',
    },
  },
  {
    name: 'an unknown operator beside a field match may hide a pin, so it cannot be told',
    request: createdPod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'Is', values: ['mixed'] }] }],
          },
        },
      },
    }),
    want: { decision: 'deny', reason: 'SOCI_GUARD_UNKNOWN_OPERATOR' },
  },
]

for (const { name, request, configuration = {}, want } of rows) {
  t.test(name, async t => {
    sameParts(
      t,
      admit('pods', request, viewOf({ nodes: FOUR_NODES, configuration, runtimeClasses: [KATA_CLASS] })),
      want,
    )
  })
}

t.test('each advisory of a Ready node is a warning where somebody reads it', async t => {
  const nodes = [[nodeOf('n'), reportOf('n', { registryAuthentication: 'None', snapshotAnnotations: false })]] as const
  const warnings = [
    'node n has LazyLoadingDisabled: set disable_snapshot_annotations = false at launch',
    'node n has NoRegistryAuthentication: give the snapshotter registry credentials if images are private',
  ]
  const modes = { enforce: warnings, warn: warnings, audit: [], off: [] } as const
  for (const mode of ['enforce', 'warn', 'audit', 'off'] as const) {
    const outcome = admit('pods', createdPod({ nodeName: 'n' }), viewOf({ nodes, configuration: { mode } }))
    sameParts(t, outcome, { decision: 'allow', warnings: modes[mode] }, mode)
  }
})

t.test('the name of a pod that has none yet is its generateName', async t => {
  const request = createdPod(ON_MIXED, { name: undefined, generateName: 'web-' }, { name: '' })
  const outcome = admit('pods', request, viewOf({ nodes: FOUR_NODES }))
  t.equal('denial' in outcome && outcome.denial?.name, 'web-')
})

t.test('the core changes nothing that it is given', async t => {
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  const request = createdPod({ ...ON_MIXED, tolerations: [] }, { labels: { a: 'b' } })
  freeze(request)
  sameParts(t, admit('pods', request, viewOf({ nodes: FOUR_NODES })), { decision: 'deny' })
})
