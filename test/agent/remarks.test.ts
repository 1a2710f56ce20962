import t from 'tap'
import type { AgentEvent } from '../../src/agent/agent-event.ts'
import { type AgentState, initialState } from '../../src/agent/agent-state.ts'
import { remarksOn } from '../../src/agent/remarks.ts'
import { GOOD_FACTS, IDENTITY } from './facts.ts'
import { nodeReport } from './node-report.ts'

type Changes = Partial<Omit<AgentState, 'runtime' | 'cluster'>> & {
  runtime?: Partial<AgentState['runtime']>
  cluster?: Partial<AgentState['cluster']>
}

const START = initialState(IDENTITY, GOOD_FACTS, 0)
const stateWith = ({ runtime, cluster, ...rest }: Changes): AgentState => ({
  ...START,
  ...rest,
  runtime: { ...START.runtime, ...runtime },
  cluster: { ...START.cluster, ...cluster },
})

const LATCH = {
  rootUUID: 'root-1',
  mixed: { since: '2026-11-22T08:00:20Z', reason: 'ConfiguredAfterLaunch', message: 'one container.' },
} as const
const LOST: AgentEvent = { kind: 'streamLost', stream: 1, why: 'no such file' }
const FAILED: AgentEvent = { kind: 'sweepFailed', stream: 1, why: 'deadline exceeded' }
const PUBLISHED: AgentEvent = { kind: 'published', sequence: 7, objectUID: 'u' }
const REFUSED: AgentEvent = {
  kind: 'refused',
  sequence: 7,
  failure: { kind: 'unavailable', message: 'the API server does not answer', retryAfterMs: null },
}
const IDENTIFIED: AgentEvent = { kind: 'identified', nodeUID: 'node-uid-2', report: null, savedLatch: null }
const swept = (after: string): AgentEvent => ({ kind: 'swept', stream: 1, before: 'a', after, facts: GOOD_FACTS })
const taken = (verified: boolean) => ({ report: nodeReport({}, { verified }), atMs: 0, renewAtMs: 1 })

interface Row {
  name: string
  event: AgentEvent
  before?: Changes
  after?: Changes
  want: string[]
}

const ROWS: readonly Row[] = [
  { name: 'nothing happened', event: { kind: 'tick' }, want: [] },
  {
    name: 'a stream that was followed breaks',
    event: LOST,
    before: { runtime: { phase: 'open' } },
    want: ["warn containerd's events broke off; the report says verified: false until everything has been read again"],
  },
  {
    name: 'containerd is not there',
    event: LOST,
    before: { runtime: { phase: 'opening' } },
    want: ['warn containerd cannot be reached; it is tried again'],
  },
  { name: 'it is still not there', event: LOST, before: { runtime: { phase: 'opening', openFailures: 1 } }, want: [] },
  {
    name: 'the facts cannot be read',
    event: FAILED,
    want: ["warn the node's facts could not be read; the report says verified: false, and they are read again"],
  },
  { name: 'nor a second time', event: FAILED, before: { runtime: { sweepFailures: 1 } }, want: [] },
  {
    name: 'containerd was replaced meanwhile',
    event: swept('b'),
    want: ['warn containerd was replaced while it was being read; it is read again'],
  },
  {
    name: 'the facts are read',
    event: swept('a'),
    after: { verified: true },
    want: ["info the node's facts have been read from the running containerd"],
  },
  { name: 'and again', event: swept('a'), before: { verified: true }, after: { verified: true }, want: [] },
  {
    name: 'the Node is found',
    event: IDENTIFIED,
    after: { cluster: { nodeUID: 'node-uid-2' } },
    want: ['info the Node is known'],
  },
  {
    name: 'the Node is another one',
    event: IDENTIFIED,
    before: { cluster: { nodeUID: 'node-uid-1', published: taken(true) } },
    after: { cluster: { nodeUID: 'node-uid-2', published: taken(true) } },
    want: ['warn the Node was made anew under the same name; the report is about the new one from now on'],
  },
  {
    name: 'a failure that is new',
    event: REFUSED,
    after: { cluster: { said: 'the API server does not answer' } },
    want: ['warn the API server does not answer'],
  },
  {
    name: 'the same failure',
    event: REFUSED,
    before: { cluster: { said: 'the API server does not answer' } },
    after: { cluster: { said: 'the API server does not answer' } },
    want: [],
  },
  {
    name: 'the first report',
    event: PUBLISHED,
    after: { cluster: { published: taken(false) } },
    want: ['info published'],
  },
  {
    name: 'a renewal',
    event: PUBLISHED,
    before: { cluster: { published: taken(true) } },
    after: { cluster: { published: taken(true) } },
    want: [],
  },
  {
    name: 'a report that is verified now, after failures',
    event: PUBLISHED,
    before: { cluster: { published: taken(false), failures: 3 } },
    after: { cluster: { published: taken(true) } },
    want: ['info the report is published again', 'info published'],
  },
  {
    name: 'the node is mixed',
    event: { kind: 'tick' },
    after: { latch: LATCH },
    want: ['warn the node is mixed, and stays so until it boots anew'],
  },
  {
    name: 'the root folder is another one',
    event: { kind: 'tick' },
    before: { latch: LATCH },
    want: ["info containerd has another root folder: the node's mixed state is forgotten"],
  },
]

for (const { name, event, before = {}, after = {}, want } of ROWS)
  t.test(name, async t => {
    const remarks = remarksOn(event, stateWith(before), stateWith(after))
    t.strictSame(
      remarks.map(({ level, message }) => `${level} ${message}`),
      want,
    )
  })
