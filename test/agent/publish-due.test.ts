import t from 'tap'
import { type AgentState, type ClusterState, initialState } from '../../src/agent/agent-state.ts'
import { NO_FACTS } from '../../src/agent/observed-facts.ts'
import { publishDueMs } from '../../src/agent/publish-due.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { IDENTITY, MIXED_FACTS } from './facts.ts'
import { nodeReport } from './node-report.ts'

const NEVER = Number.POSITIVE_INFINITY
const AT_ONCE = Number.NEGATIVE_INFINITY

/** A report was taken at 10 s and is renewed at 70 s. */
const PUBLISHED: Partial<ClusterState> = {
  nodeUID: 'node-uid-1',
  identifyAtMs: NEVER,
  published: { report: nodeReport(), atMs: 10_000, renewAtMs: 70_000 },
  notBeforeMs: 10_000,
}

const MORE = nodeReport({ containers: { bySnapshotter: { soci: 13 }, foreign: [] } })

interface Row {
  name: string
  want: number
  report?: NodeReport | null
  cluster?: Partial<ClusterState>
  mustRetract?: boolean
}

const ROWS: readonly Row[] = [
  { name: 'nothing changed: with the renewal', want: 70_000 },
  { name: 'a fact changed: at once', report: nodeReport(MIXED_FACTS), want: 10_000 },
  { name: 'a count changed: ten seconds after the last', report: MORE, want: 20_000 },
  {
    name: 'a count changed shortly before the renewal: with it',
    report: MORE,
    cluster: { published: { report: nodeReport(), atMs: 10_000, renewAtMs: 12_000 } },
    want: 12_000,
  },
  {
    name: 'a fact changed, and we were asked to wait',
    report: nodeReport(MIXED_FACTS),
    cluster: { notBeforeMs: 40_000 },
    want: 40_000,
  },
  { name: 'nothing was taken yet: as soon as it may be sent', cluster: { published: null }, want: 10_000 },
  { name: 'nobody knows whether the last was taken: again', cluster: { isUncertain: true }, want: 10_000 },
  { name: 'the Node is not known', report: null, want: NEVER },
  { name: 'the Node is being read', cluster: { isIdentifying: true }, want: NEVER },
  { name: 'the Node is to be read again first', cluster: { identifyAtMs: 11_000 }, want: NEVER },
  { name: 'one is on its way', cluster: { publication: nodeReport() }, want: NEVER },
  {
    name: 'one that says verified is on its way, and there is a doubt: it is overtaken',
    cluster: { publication: nodeReport() },
    mustRetract: true,
    want: AT_ONCE,
  },
  {
    name: 'the doubt itself is on its way',
    cluster: { publication: nodeReport({}, { verified: false }) },
    mustRetract: true,
    want: NEVER,
  },
]

for (const { name, want, report = nodeReport(), cluster = {}, mustRetract = false } of ROWS)
  t.test(name, async t => {
    const start = initialState(IDENTITY, NO_FACTS, 0)
    const state: AgentState = { ...start, mustRetract, cluster: { ...start.cluster, ...PUBLISHED, ...cluster } }
    t.equal(publishDueMs(state, report), want)
  })
