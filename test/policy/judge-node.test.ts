import t from 'tap'
import { judgeNode } from '../../src/policy/judge-node.ts'
import {
  configurationOf,
  evidenceOf,
  foreignContainer,
  nodeOf,
  poolNamed,
  readNodeFixture,
  reportOf,
} from './evidence-builders.ts'

const configuration = configurationOf()
const judgeReported = (tweak: Parameters<typeof reportOf>[0]) =>
  judgeNode(evidenceOf({ report: reportOf(tweak) }), configuration)
const outcome = ({ state, reason }: { state: string; reason: string }): string => `${state}/${reason}`

t.test('what is not known never counts against a node', async t => {
  const { state } = judgeReported(report => {
    report.containers = { bySnapshotter: null, foreign: null }
    report.images = { total: null, foreign: null, stranded: null, recoverable: null, missing: null }
    report.sandboxImage = { reference: '', status: 'Unknown' }
    report.snapshotAnnotations = null
    report.discardUnpackedLayers = null
    report.registryAuthentication = 'Unknown'
    report.runtime.version = ''
    for (const snapshotter of report.snapshotters) snapshotter.responds = null
  })
  t.equal(state, 'Ready')
})

t.test('a Node that does not tell its operating system or runtime yet is not decided by that', async t => {
  const node = nodeOf(node => {
    node.operatingSystem = ''
    node.containerRuntimeVersion = ''
  })
  t.equal(judgeNode(evidenceOf({ node }), configuration).state, 'Ready')
})

t.test('an identity that is empty on both sides is not the same identity', async t => {
  const noUID = {
    node: nodeOf(node => {
      node.uid = ''
    }),
    report: reportOf(report => {
      report.nodeUID = ''
    }),
  }
  t.equal(judgeNode(evidenceOf(noUID), configuration).reason, 'ReportFromOtherNode')
  const noBoot = {
    node: nodeOf(node => {
      node.bootID = ''
    }),
    report: reportOf(report => {
      report.bootID = ''
    }),
  }
  t.equal(judgeNode(evidenceOf(noBoot), configuration).reason, 'ReportFromEarlierBoot')
})

const LEFT_OVERS = [
  {
    name: 'containers of the expected one',
    counts: { soci: 1 },
    foreign: [],
    registered: true,
    handler: '',
    want: 'Mixed/RevertedFromExpected',
  },
  {
    name: 'containers of it, and the plugin gone',
    counts: { soci: 2 },
    foreign: [],
    registered: false,
    handler: '',
    want: 'Mixed/RevertedFromExpected',
  },
  {
    name: 'no containers of it',
    counts: { overlayfs: 2, soci: 0 },
    foreign: [],
    registered: true,
    handler: '',
    want: 'NotDefault/SnapshotterNotDefault',
  },
  {
    name: 'foreign images while it is registered',
    counts: {},
    foreign: ['a'],
    registered: true,
    handler: '',
    want: 'Mixed/RevertedFromExpected',
  },
  {
    name: 'foreign images while it is not registered',
    counts: {},
    foreign: ['a'],
    registered: false,
    handler: '',
    want: 'NotDefault/SnapshotterNotRegistered',
  },
  {
    name: 'containers of a handler that is mapped to it',
    counts: { soci: 3 },
    foreign: [],
    registered: true,
    handler: 'soci',
    want: 'NotDefault/SnapshotterNotDefault',
  },
  {
    name: 'no counts at all',
    counts: null,
    foreign: null,
    registered: true,
    handler: '',
    want: 'NotDefault/SnapshotterNotDefault',
  },
]

for (const { name, counts, foreign, registered, handler, want } of LEFT_OVERS) {
  t.test(`a node with another default and ${name} is ${want}`, async t => {
    const verdict = judgeReported(report => {
      report.defaultSnapshotter.name = 'overlayfs'
      report.containers.bySnapshotter = counts
      report.images.foreign = foreign
      report.runtimeHandlers = [{ name: 'lazy', snapshotter: handler }]
      for (const snapshotter of report.snapshotters) snapshotter.registered = registered
    })
    t.equal(outcome(verdict), want)
  })
}

const FOREIGN = [
  {
    name: 'a container of this boot',
    createdAt: ['2026-11-22T08:00:00Z'],
    want: 'Mixed/ConfiguredAfterLaunch',
    advisories: [],
  },
  {
    name: 'a container of an earlier boot',
    createdAt: ['2026-11-22T07:59:59.999Z'],
    want: 'Ready/',
    advisories: ['EarlierBootResidue'],
  },
  { name: 'a container of unknown age', createdAt: [''], want: 'Mixed/ConfiguredAfterLaunch', advisories: [] },
  {
    name: 'containers of both boots',
    createdAt: ['2026-11-21T08:00:00Z', '2026-11-22T10:00:00+01:00'],
    want: 'Mixed/ConfiguredAfterLaunch',
    advisories: ['EarlierBootResidue'],
  },
]

for (const { name, createdAt, want, advisories } of FOREIGN) {
  t.test(`a node with ${name} in another snapshotter is ${want}`, async t => {
    const verdict = judgeReported(report => {
      report.containers.foreign = createdAt.map(time => foreignContainer(time))
    })
    t.equal(outcome(verdict), want)
    t.strictSame(verdict.advisories, advisories)
  })
}

t.test('without a boot time a foreign container counts, however old it is', async t => {
  const verdict = judgeReported(report => {
    report.bootTime = ''
    report.containers.foreign = [foreignContainer('2020-01-01T00:00:00Z')]
  })
  t.equal(verdict.reason, 'ConfiguredAfterLaunch')
})

t.test('foreign images alone make a node Mixed, and a missing sandbox image does', async t => {
  t.equal(
    outcome(
      judgeReported(report => {
        report.images.foreign = ['a']
      }),
    ),
    'Mixed/ConfiguredAfterLaunch',
  )
  t.equal(
    outcome(
      judgeReported(report => {
        report.sandboxImage.status = 'Missing'
      }),
    ),
    'Mixed/SnapshotsMissing',
  )
})

t.test('only the expected snapshotter has to answer', async t => {
  const verdict = judgeReported(report => {
    for (const snapshotter of report.snapshotters) snapshotter.responds = snapshotter.name === 'soci'
  })
  t.equal(verdict.state, 'Ready')
})

t.test('a latch with a reason that is not known, or is not of Mixed, is ConfiguredAfterLaunch', async t => {
  for (const reason of ['FromTheFuture', 'NoReport', 'constructor', '']) {
    const verdict = judgeReported(report => {
      report.mixed = { since: '', reason, message: '' }
    })
    t.equal(outcome(verdict), 'Mixed/ConfiguredAfterLaunch', reason)
  }
})

t.test("a pool's own expected snapshotter decides about its nodes", async t => {
  const inPool = {
    node: nodeOf(node => {
      node.labels = { pool: 'gpu' }
    }),
  }
  const pools = [poolNamed('gpu', { expectedSnapshotter: 'stargz', mode: 'warn' })]
  const verdict = judgeNode(evidenceOf(inPool), configurationOf({ pools }))
  t.strictSame(
    [verdict.reason, verdict.pool, verdict.mode, verdict.expectedSnapshotter],
    ['SnapshotterNotRegistered', 'gpu', 'warn', 'stargz'],
  )
})

t.test('label evidence', async t => {
  const pools = [poolNamed('flat', { evidence: 'label', readyLabels: { 'soci-ready': 'true', tier: 'a' } })]
  const judgeLabelled = (labels: Record<string, string>, tweak: Parameters<typeof nodeOf>[0] = () => {}) => {
    const node = nodeOf(node => {
      node.labels = { pool: 'flat', ...labels }
      tweak(node)
    })
    return judgeNode(evidenceOf({ node, report: undefined, fresh: false }), configurationOf({ pools }))
  }
  const CASES = [
    {
      name: 'all labels there',
      verdict: judgeLabelled({ 'soci-ready': 'true', tier: 'a' }),
      want: ['Ready', '', 'judged by label, the node carries soci-ready=true, tier=a.'],
    },
    {
      name: 'a label with another value',
      verdict: judgeLabelled({ 'soci-ready': 'false', tier: 'a' }),
      want: [
        'NotDefault',
        'LabelMissing',
        'judged by label, the node lacks soci-ready=true. Check the launch automation that sets the label; do not set it by hand on a node in use.',
      ],
    },
    {
      name: 'another operating system',
      verdict: judgeLabelled({ 'soci-ready': 'true', tier: 'a' }, node => {
        node.operatingSystem = 'windows'
      }),
      want: [
        'NotDefault',
        'UnsupportedOperatingSystem',
        "the Node's operating system is windows, not linux (its pool is judged by label). Schedule onto linux nodes, or put these nodes into a pool with mode off.",
      ],
    },
  ]
  for (const { name, verdict, want } of CASES) {
    t.strictSame([verdict.state, verdict.reason, verdict.message], want, name)
    t.strictSame([verdict.evidence, verdict.defaultSnapshotter, verdict.advisories], ['label', '', []], name)
  }
})

t.test('an advisory that is listed as a violation makes a node Broken that would be Ready', async t => {
  const violations = new Set(['LazyLoadingDisabled', 'EvidenceHeld'] as const)
  const verdict = judgeNode(
    { name: 'node1', ...readNodeFixture('LazyLoadingDisabled'), fresh: true },
    configurationOf({ violations }),
  )
  t.strictSame(
    [verdict.state, verdict.reason, verdict.advisories],
    ['Broken', 'LazyLoadingDisabled', ['LazyLoadingDisabled']],
  )
  t.equal(
    verdict.message,
    'containerd does not tell the snapshotter how to load images lazily (a violation by configuration). Set disable_snapshot_annotations = false at launch; in parallel mode all pods fail without.',
  )
  const worse = judgeNode(
    { name: 'node1', ...readNodeFixture('ImagesStranded'), fresh: true },
    configurationOf({ violations }),
  )
  t.equal(worse.reason, 'ImagesStranded', 'a real reason comes first')
  const held = judgeNode(evidenceOf({ fresh: false, held: true }), configurationOf({ violations }))
  t.equal(outcome(held), 'Ready/', 'EvidenceHeld is no violation')
})

const HELD = [
  { name: 'a stale report that says Ready', fixture: 'Ready', fresh: false, want: 'Ready/' },
  { name: 'an unverified report that says Ready', fixture: 'AgentStarting', fresh: true, want: 'Ready/' },
  { name: 'a report that is stale and unverified', fixture: 'AgentStarting', fresh: false, want: 'Ready/' },
  {
    name: 'a stale report that says Mixed',
    fixture: 'ConfiguredAfterLaunch',
    fresh: false,
    want: 'Mixed/ConfiguredAfterLaunch',
  },
  {
    name: 'a stale report that says NotDefault',
    fixture: 'SnapshotterNotDefault',
    fresh: false,
    want: 'NotDefault/SnapshotterNotDefault',
  },
  { name: 'a stale report that cannot tell', fixture: 'DefaultUnknown', fresh: false, want: 'Unverified/ReportStale' },
  {
    name: 'a report of an earlier boot',
    fixture: 'ReportFromEarlierBoot',
    fresh: false,
    want: 'Unverified/ReportFromEarlierBoot',
  },
  {
    name: 'a report of another Node',
    fixture: 'ReportFromOtherNode',
    fresh: false,
    want: 'Unverified/ReportFromOtherNode',
  },
  { name: 'no report', fixture: 'NoReport', fresh: false, want: 'Unverified/NoReport' },
]

for (const { name, fixture, fresh, want } of HELD) {
  t.test(`in a held outage a node with ${name} is ${want}`, async t => {
    const verdict = judgeNode({ name: 'node1', ...readNodeFixture(fixture), fresh, held: true }, configuration)
    t.equal(outcome(verdict), want)
    t.equal(verdict.advisories.includes('EvidenceHeld'), verdict.state !== 'Unverified')
  })
}
