import t from 'tap'
import { judgeNode } from '../../src/policy/judge-node.ts'
import type { NodeEvidence } from '../../src/policy/node-evidence.ts'
import { REASON_STATES } from '../../src/policy/reasons.ts'
import { configurationOf, foreignContainer, nodeOf, reportOf } from './evidence-builders.ts'

interface Draft {
  hasNode: boolean
  hasReport: boolean
  fresh: boolean
  node: Parameters<NonNullable<Parameters<typeof nodeOf>[0]>>[0]
  report: Parameters<NonNullable<Parameters<typeof reportOf>[0]>>[0]
}

// What makes each reason apply, in the order in which they must be tried. LabelMissing belongs to the other kind of evidence.
const SYMPTOMS: Partial<Record<keyof typeof REASON_STATES, (draft: Draft) => void>> = {
  UnsupportedOperatingSystem: ({ node }) => {
    node.operatingSystem = 'windows'
  },
  NotContainerd: ({ node }) => {
    node.containerRuntimeVersion = 'cri-o://1.34.0'
  },
  NodeNotFound: draft => {
    draft.hasNode = false
  },
  NoReport: draft => {
    draft.hasReport = false
  },
  ReportFromOtherNode: ({ report }) => {
    report.nodeUID = 'another'
  },
  ReportFromEarlierBoot: ({ report }) => {
    report.bootID = 'another'
  },
  ReportStale: draft => {
    draft.fresh = false
  },
  AgentStarting: ({ report }) => {
    report.verified = false
  },
  RuntimeUnavailable: ({ report }) => {
    report.runtime.criError = 'failed to find snapshotter "soci"'
  },
  DefaultUnknown: ({ report }) => {
    report.defaultSnapshotter.name = ''
  },
  RevertedFromExpected: ({ report }) => {
    report.defaultSnapshotter.name = 'overlayfs'
    report.containers.bySnapshotter = { soci: 1 }
  },
  SnapshotterNotRegistered: ({ report }) => {
    report.defaultSnapshotter.name = 'overlayfs'
    for (const snapshotter of report.snapshotters) snapshotter.registered = false
    report.containers.bySnapshotter = {}
  },
  SnapshotterNotDefault: ({ report }) => {
    report.defaultSnapshotter.name = 'overlayfs'
    for (const snapshotter of report.snapshotters) snapshotter.registered = true
    report.containers.bySnapshotter = {}
  },
  SnapshotterUnavailable: ({ report }) => {
    for (const snapshotter of report.snapshotters) snapshotter.responds = false
  },
  SandboxImageStranded: ({ report }) => {
    report.sandboxImage.status = 'Stranded'
  },
  ConfiguredAfterLaunch: ({ report }) => {
    report.containers.foreign = [foreignContainer('2026-11-22T09:00:00Z')]
  },
  ImagesStranded: ({ report }) => {
    report.images.stranded = ['registry.example/addon:1']
  },
  SnapshotsMissing: ({ report }) => {
    report.images.missing = ['registry.example/addon:1']
  },
}

const judgeWith = (...symptoms: ((draft: Draft) => void)[]) => {
  const draft = { hasNode: true, hasReport: true, fresh: true, node: nodeOf(), report: reportOf() } as Draft
  for (const apply of symptoms) apply(draft)
  const evidence: NodeEvidence = {
    name: 'node1',
    node: draft.hasNode ? draft.node : undefined,
    report: draft.hasReport ? (draft.report as NodeEvidence['report']) : undefined,
    fresh: draft.fresh,
  }
  return judgeNode(evidence, configurationOf())
}

const ordered = Object.entries(SYMPTOMS)

t.test('the table of symptoms holds every reason that a report can have', async t => {
  t.strictSame(
    ordered.map(([reason]) => reason),
    Object.keys(REASON_STATES).filter(reason => reason !== 'LabelMissing'),
  )
})

for (const [at, [earlier, applyEarlier]] of ordered.entries()) {
  t.test(`${earlier} decides before every reason after it`, async t => {
    t.equal(judgeWith(applyEarlier).reason, earlier, 'alone')
    for (const [later, applyLater] of ordered.slice(at + 1)) {
      // Without a Node object there is nothing that could name its operating system or runtime.
      if (later === 'NodeNotFound') continue
      t.equal(judgeWith(applyLater, applyEarlier).reason, earlier, `with ${later}`)
    }
  })
}

t.test('a latch decides after DefaultUnknown and before RevertedFromExpected', async t => {
  const latch = ({ report }: Draft): void => {
    report.mixed = { since: '2026-11-22T08:05:00Z', reason: 'SnapshotsMissing', message: 'seen' }
  }
  t.equal(judgeWith(latch).reason, 'SnapshotsMissing')
  for (const [at, [reason, apply]] of ordered.entries()) {
    const isEarlier = at <= ordered.findIndex(([name]) => name === 'DefaultUnknown')
    t.equal(judgeWith(latch, apply).reason, isEarlier ? reason : 'SnapshotsMissing', reason)
  }
})
