import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { NeedsPod, PodLookup } from '../../src/admission/cluster-view.ts'
import type { Outcome } from '../../src/admission/outcome.ts'
import type { ReviewRequest } from '../../src/admission/review-request.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import { exemptionsOf, FOUR_NODES, KATA_CLASS, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'
import { bindingTo, requestOf } from '../support/review-request.ts'
import { sameParts } from '../support/same-parts.ts'

const MIXED =
  'node mixed is Mixed (ConfiguredAfterLaunch): 1 image was unpacked elsewhere in this boot (nginx:1.27) although soci is now the default. Replace the node; its images cannot be repaired in place.'
const NO_REPORT =
  'node silent is Unverified (NoReport): no report of its snapshotters exists. Check that the soci-guard agent runs on the node and can write its report.'

interface Row {
  readonly name: string
  readonly request: ReviewRequest
  readonly configuration?: Partial<GuardConfiguration>
  readonly namespaceMode?: string
  readonly want: Partial<Outcome>
}

const audited: Pick<Row, 'configuration'> = { configuration: { mode: 'audit' } }
const denied = {
  decision: 'deny',
  mode: 'enforce',
  node: 'mixed',
  state: 'Mixed',
  reason: 'ConfiguredAfterLaunch',
  message: MIXED,
} as const

const rows: Row[] = [
  {
    name: 'a Ready node is allowed and nothing is said',
    request: bindingTo('ready'),
    want: {
      decision: 'allow',
      mode: 'enforce',
      state: 'Ready',
      reason: '',
      node: 'ready',
      evidence: 'report',
      message: '',
      warnings: [],
    },
  },
  {
    name: 'a Mixed node is denied with node, state, reason, finding and remedy',
    request: bindingTo('mixed'),
    want: {
      ...denied,
      warnings: [],
      denial: {
        code: 403,
        name: 'web-1',
        cause: { reason: 'ConfiguredAfterLaunch', message: MIXED.slice(45), field: 'target.name' },
      },
    },
  },
  {
    name: 'the legacy bindings resource is judged alike, with the name from its metadata',
    request: bindingTo('mixed', {
      resource: { group: '', version: 'v1', resource: 'bindings' },
      subResource: '',
      name: '',
    }),
    want: denied,
  },
  {
    name: 'a target without kind is a Node, as the API server has it',
    request: bindingTo('mixed', { object: { target: { name: 'mixed' } } }),
    want: denied,
  },
  {
    name: 'warn mode allows with one warning and keeps the text for the log',
    request: bindingTo('mixed'),
    namespaceMode: 'warn',
    want: {
      ...denied,
      decision: 'warn',
      mode: 'warn',
      warnings: [
        'node mixed is Mixed (ConfiguredAfterLaunch): replace the node; its images cannot be repaired in place',
      ],
      denial: null,
    },
  },
  {
    name: 'audit mode allows silently',
    request: bindingTo('mixed'),
    namespaceMode: 'audit',
    want: { ...denied, decision: 'audit', mode: 'audit', warnings: [], denial: null },
  },
  {
    name: 'mode off looks at nothing',
    request: bindingTo('mixed'),
    namespaceMode: 'off',
    want: { decision: 'allow', mode: 'off', state: '', reason: '', node: 'mixed', message: '' },
  },
  {
    name: 'a namespace cannot be stronger than the configuration',
    request: bindingTo('mixed'),
    ...audited,
    namespaceMode: 'enforce',
    want: { decision: 'audit', mode: 'audit' },
  },
  {
    name: 'an exempt namespace is never judged',
    request: bindingTo('mixed'),
    configuration: { exemptions: exemptionsOf({ namespaces: new Set(['default']) }) },
    want: { decision: 'allow', mode: '', state: '', exempt: 'namespace' },
  },
  {
    name: 'an exempt user is never judged',
    request: bindingTo('mixed'),
    configuration: { exemptions: exemptionsOf({ users: new Set(['system:kube-scheduler']) }) },
    want: { decision: 'allow', exempt: 'user' },
  },
  {
    name: 'an exempt group is never judged',
    request: bindingTo('mixed'),
    configuration: { exemptions: exemptionsOf({ groups: new Set(['system:authenticated']) }) },
    want: { decision: 'allow', exempt: 'group' },
  },
  {
    name: 'an Unverified node is denied where unverified is deny',
    request: bindingTo('silent'),
    want: { decision: 'deny', state: 'Unverified', reason: 'NoReport', message: NO_REPORT },
  },
  {
    name: 'an Unverified node is warned about where unverified is warn, and the mode stays enforce',
    request: bindingTo('silent'),
    configuration: { unverified: 'warn' },
    want: {
      decision: 'warn',
      mode: 'enforce',
      reason: 'NoReport',
      warnings: [
        'node silent is Unverified (NoReport): check that the soci-guard agent runs on the node and can write its report',
      ],
    },
  },
  {
    name: 'an Unverified node is allowed where unverified is allow, with state and reason for the annotations',
    request: bindingTo('silent'),
    configuration: { unverified: 'allow' },
    want: { decision: 'allow', mode: 'enforce', state: 'Unverified', reason: 'NoReport', warnings: [] },
  },
  {
    name: 'audit mode is weaker than unverified warn',
    request: bindingTo('silent'),
    configuration: { unverified: 'warn', mode: 'audit' },
    want: { decision: 'audit', reason: 'NoReport' },
  },
  {
    name: 'unverified does not weaken what is known',
    request: bindingTo('mixed'),
    configuration: { unverified: 'allow' },
    want: denied,
  },
  {
    name: 'a node nobody knows is Unverified',
    request: bindingTo('ghost'),
    want: {
      decision: 'deny',
      state: 'Unverified',
      reason: 'NodeNotFound',
      node: 'ghost',
      message:
        "node ghost is Unverified (NodeNotFound): no Node object of this name is known. Check the node's name; a new node is known within seconds of its registration.",
    },
  },
  {
    name: 'a node named like a member of every object is only unknown',
    request: bindingTo('constructor'),
    want: { decision: 'deny', reason: 'NodeNotFound', node: 'constructor' },
  },
  {
    name: 'control characters of a name do not reach the message',
    request: bindingTo('evil\u001b[31m\nnode'),
    want: { decision: 'deny', node: 'evil [31m node' },
  },
]

for (const { name, request, configuration = {}, namespaceMode, want } of rows) {
  t.test(name, async t => {
    const namespaceModes: Record<string, string> = namespaceMode === undefined ? {} : { default: namespaceMode }
    sameParts(t, admit('bindings', request, viewOf({ nodes: FOUR_NODES, configuration, namespaceModes })), want)
  })
}

t.test('a node judged by label says so in message and annotation', async t => {
  const pool = {
    name: 'br',
    nodeSelector: { matchLabels: {}, matchExpressions: [] },
    mode: 'enforce',
    expectedSnapshotter: 'soci',
    evidence: 'label',
    readyLabels: { 'soci-ready': 'true' },
  } as const
  const view = viewOf({ nodes: [[nodeOf('br-1'), null]], configuration: { pools: [pool] } })
  sameParts(t, admit('bindings', bindingTo('br-1'), view), {
    decision: 'deny',
    evidence: 'label',
    message:
      'node br-1 is NotDefault (LabelMissing): judged by label, the node lacks soci-ready=true. Check the launch automation that sets the label; do not set it by hand on a node in use.',
  })
})

t.test('the weaker of pool and namespace wins', async t => {
  const pool = {
    name: 'p',
    nodeSelector: { matchLabels: {}, matchExpressions: [] },
    mode: 'warn',
    expectedSnapshotter: 'soci',
    evidence: 'report',
    readyLabels: {},
  } as const
  const cluster = { nodes: FOUR_NODES, configuration: { pools: [pool] } }
  sameParts(t, admit('bindings', bindingTo('mixed'), viewOf(cluster)), { decision: 'warn', mode: 'warn' })
  const view = viewOf({ ...cluster, namespaceModes: { default: 'audit' } })
  sameParts(t, admit('bindings', bindingTo('mixed'), view), { decision: 'audit', mode: 'audit' })
})

t.test('advisories of a Ready node are not said to the scheduler, which has nobody to tell', async t => {
  const view = viewOf({ nodes: [[nodeOf('ready'), reportOf('ready', { registryAuthentication: 'None' })]] })
  sameParts(t, admit('bindings', bindingTo('ready'), view), { decision: 'allow', warnings: [] })
})

const invalid: { name: string; request: ReviewRequest; found: string }[] = [
  {
    name: 'a target of another kind cannot be judged',
    request: bindingTo('x', { object: { target: { kind: 'Pod', name: 'x' } } }),
    found: 'target.kind: expected Node or nothing, found "Pod"',
  },
  {
    name: 'a binding without a target name cannot be judged',
    request: bindingTo('x', { object: { target: { kind: 'Node' } } }),
    found: 'target.name: expected the name of a Node, found none',
  },
  {
    name: 'a binding without an object cannot be judged',
    request: requestOf({ subResource: 'binding' }),
    found: 'target.name: expected the name of a Node, found none',
  },
]

for (const { name, request, found } of invalid) {
  t.test(name, async t => {
    sameParts(t, admit('bindings', request, viewOf()), {
      decision: 'deny',
      mode: 'enforce',
      reason: 'SOCI_GUARD_REVIEW_INVALID',
      message: `fail closed: the node of this binding was not judged because ${found}. Correct that field.`,
      denial: { code: 400, name: '', cause: { reason: 'SOCI_GUARD_REVIEW_INVALID', message: found, field: '' } },
    })
    sameParts(t, admit('bindings', request, viewOf({ namespaceModes: { default: 'audit' } })), {
      decision: 'audit',
      mode: 'audit',
    })
    const exemptions = exemptionsOf({ namespaces: new Set(['default']) })
    sameParts(t, admit('bindings', request, viewOf({ configuration: { exemptions } })), {
      decision: 'allow',
      exempt: 'namespace',
    })
  })
}

const NEEDS_POD: NeedsPod = { kind: 'needsPod', namespace: 'default', name: 'web-1', uid: 'pod-uid' }
const found = (tweak: object): PodLookup => ({
  found: { uid: 'pod-uid', labels: {}, annotations: {}, runtimeClassName: '', ...tweak },
})

t.test('the pod is read only where it can change the answer', async t => {
  const podSelector = { matchLabels: { team: 'infra' }, matchExpressions: [] }
  const withSelector = { exemptions: exemptionsOf({ podSelector }) }
  const withClasses = { exemptions: exemptionsOf({ runtimeClasses: new Set(['kata']) }) }
  const table: { name: string; node: string; configuration: Partial<GuardConfiguration>; reads: boolean }[] = [
    { name: 'a denial without pod exemptions', node: 'mixed', configuration: {}, reads: false },
    { name: 'a denial with a pod selector', node: 'mixed', configuration: withSelector, reads: true },
    { name: 'a denial with exempt runtime classes', node: 'mixed', configuration: withClasses, reads: true },
    { name: 'a warning', node: 'mixed', configuration: { ...withSelector, mode: 'warn' }, reads: false },
    {
      name: 'an Unverified node that is allowed',
      node: 'silent',
      configuration: { ...withSelector, unverified: 'allow' },
      reads: false,
    },
    { name: 'a Ready node', node: 'ready', configuration: withSelector, reads: false },
    { name: 'a Ready node with a handler on another snapshotter', node: 'kata', configuration: {}, reads: true },
    { name: 'the same in audit mode', node: 'kata', configuration: { mode: 'audit' }, reads: true },
    { name: 'the same in mode off', node: 'kata', configuration: { mode: 'off' }, reads: false },
  ]
  for (const { name, node, configuration, reads } of table) {
    const answer = admit('bindings', bindingTo(node), viewOf({ nodes: FOUR_NODES, configuration }))
    if (reads) t.strictSame(answer, NEEDS_POD, name)
    else t.ok('decision' in answer, name)
  }
})

t.test('what came of reading the pod decides', async t => {
  const exemptions = exemptionsOf({
    podSelector: { matchLabels: { team: 'infra' }, matchExpressions: [] },
    runtimeClasses: new Set(['special']),
  })
  const table: { name: string; node: string; lookup: PodLookup; want: object }[] = [
    {
      name: 'an exempt label',
      node: 'mixed',
      lookup: found({ labels: { team: 'infra' } }),
      want: { decision: 'allow', exempt: 'podSelector', node: 'mixed' },
    },
    {
      name: 'an exempt class',
      node: 'mixed',
      lookup: found({ runtimeClassName: 'special' }),
      want: { decision: 'allow', exempt: 'runtimeClass' },
    },
    { name: 'another label', node: 'mixed', lookup: found({ labels: { team: 'shop' } }), want: denied },
    { name: 'a pod that is gone', node: 'mixed', lookup: { missing: true }, want: denied },
    {
      name: 'a pod that was replaced',
      node: 'mixed',
      lookup: found({ uid: 'other', labels: { team: 'infra' } }),
      want: denied,
    },
    {
      name: 'a pod that could not be read',
      node: 'mixed',
      lookup: { error: 'no answer within 2 s' },
      want: {
        decision: 'deny',
        reason: 'ConfiguredAfterLaunch',
        message: MIXED.replace(':', ', and pod web-1 could not be read for its exemptions (no answer within 2 s):'),
      },
    },
    {
      name: 'kata: no class',
      node: 'kata',
      lookup: found({}),
      want: { decision: 'allow', state: 'Ready', reason: '' },
    },
    {
      name: 'kata: a class on another snapshotter',
      node: 'kata',
      lookup: found({ runtimeClassName: 'kata' }),
      want: {
        decision: 'deny',
        state: 'Ready',
        reason: 'RuntimeHandlerUsesOtherSnapshotter',
        message:
          'node kata is Ready, but not for this pod (RuntimeHandlerUsesOtherSnapshotter): RuntimeClass kata has the handler kata, which uses snapshotter devmapper and not soci. Use a RuntimeClass whose handler uses soci.',
      },
    },
    {
      name: 'kata: a pod that is gone',
      node: 'kata',
      lookup: { missing: true },
      want: { decision: 'allow', state: 'Ready' },
    },
    {
      name: 'kata: a pod that was replaced',
      node: 'kata',
      lookup: found({ uid: 'other', runtimeClassName: 'kata' }),
      want: { decision: 'allow' },
    },
    {
      name: 'kata: a pod that could not be read',
      node: 'kata',
      lookup: { error: 'no answer within 2 s' },
      want: {
        decision: 'deny',
        state: '',
        node: 'kata',
        reason: 'SOCI_GUARD_POD_UNREADABLE',
        message:
          'fail closed: the node of this binding was not judged because pod web-1 could not be read for its runtime class: no answer within 2 s. Try again; if it stays, check that soci-guard may get pods and reaches the API server.',
        denial: {
          code: 403,
          name: 'web-1',
          cause: {
            reason: 'SOCI_GUARD_POD_UNREADABLE',
            message: 'pod web-1 could not be read for its runtime class: no answer within 2 s',
            field: 'target.name',
          },
        },
      },
    },
  ]
  for (const { name, node, lookup, want } of table) {
    const view = viewOf({ nodes: FOUR_NODES, configuration: { exemptions }, runtimeClasses: [KATA_CLASS] })
    sameParts(t, admit('bindings', bindingTo(node), view, lookup), want, name)
  }
})

t.test('a binding that does not say the uid takes the pod of that name', async t => {
  const view = viewOf({ nodes: FOUR_NODES, runtimeClasses: [KATA_CLASS] })
  const legacy = bindingTo('kata', {
    resource: { group: '', version: 'v1', resource: 'bindings' },
    subResource: '',
    object: { metadata: { name: 'web-1' }, target: { name: 'kata' } },
  })
  t.strictSame(admit('bindings', legacy, view), { ...NEEDS_POD, uid: '' })
  sameParts(t, admit('bindings', legacy, view, found({ runtimeClassName: 'kata' })), {
    decision: 'deny',
    reason: 'RuntimeHandlerUsesOtherSnapshotter',
  })
})

t.test('a binding that names no pod is judged by its node alone', async t => {
  const view = viewOf({ nodes: FOUR_NODES })
  sameParts(t, admit('bindings', bindingTo('kata', { name: '', object: { target: { name: 'kata' } } }), view), {
    decision: 'allow',
  })
})
