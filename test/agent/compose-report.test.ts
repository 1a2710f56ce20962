import t from 'tap'
import { type AgentState, initialState } from '../../src/agent/agent-state.ts'
import { composeReport } from '../../src/agent/compose-report.ts'
import { GOOD_FACTS, IDENTITY, ofRoot } from './facts.ts'
import { nodeReport } from './node-report.ts'

const LATCH = { rootUUID: 'root-1', mixed: { since: '', reason: 'ConfiguredAfterLaunch', message: 'm' } } as const
const START = initialState(IDENTITY, GOOD_FACTS, 0)
const KNOWN: AgentState = {
  ...START,
  cluster: { ...START.cluster, nodeUID: 'node-uid-1' },
  verified: true,
  mustRetract: false,
}
const UNNUMBERED = { sequence: 0, renewTime: '' }

const ROWS = [
  { name: 'nothing while the Node is not known', state: START, want: null },
  { name: 'what is known', state: KNOWN, want: nodeReport({}, UNNUMBERED) },
  {
    name: 'not verified until the doubt was told',
    state: { ...KNOWN, mustRetract: true },
    want: nodeReport({}, { ...UNNUMBERED, verified: false }),
  },
  {
    name: 'the root that was told last, while none is',
    state: { ...KNOWN, facts: ofRoot(GOOD_FACTS, ''), rootUUID: 'root-1' },
    want: nodeReport({}, UNNUMBERED),
  },
  {
    name: 'the latch',
    state: { ...KNOWN, latch: LATCH },
    want: nodeReport({}, { ...UNNUMBERED, mixed: LATCH.mixed }),
  },
]

for (const { name, state, want } of ROWS) t.test(name, async t => t.strictSame(composeReport(state), want))
