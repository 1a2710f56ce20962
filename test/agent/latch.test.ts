import t from 'tap'
import { isOtherRoot, type Latch, latchAfter, restoredLatch } from '../../src/agent/latch.ts'
import { GOOD_FACTS, MIXED_FACTS, ofRoot } from './facts.ts'
import { nodeReport } from './node-report.ts'

const NOW = '2026-11-22T09:00:00Z'
const LATCH: Latch = {
  rootUUID: 'root-1',
  mixed: { since: '2026-11-22T08:00:20Z', reason: 'ConfiguredAfterLaunch', message: 'seen then' },
}
const UNTOLD: Latch = { ...LATCH, rootUUID: '' }
const FIRST: Latch = {
  rootUUID: 'root-1',
  mixed: {
    since: NOW,
    reason: 'ConfiguredAfterLaunch',
    message: '1 container of this boot runs in overlayfs although soci is now the default.',
  },
}

t.test('a root that could not be told is no other root', async t => {
  const rows = [
    { one: 'a', other: 'a', want: false },
    { one: 'a', other: 'b', want: true },
    { one: '', other: 'b', want: false },
    { one: 'a', other: '', want: false },
  ]
  for (const { one, other, want } of rows) t.equal(isOtherRoot(one, other), want, `${one} and ${other}`)
})

const ROWS = [
  { name: 'a sound node sets none', latch: null, facts: GOOD_FACTS, want: null },
  { name: 'the first mixed facts set it', latch: null, facts: MIXED_FACTS, want: FIRST },
  { name: 'later ones leave it as it was', latch: LATCH, facts: MIXED_FACTS, want: LATCH },
  { name: 'it stays when the evidence is gone', latch: LATCH, facts: GOOD_FACTS, want: LATCH },
  { name: 'it stays while the root cannot be told', latch: LATCH, facts: ofRoot(GOOD_FACTS, ''), want: LATCH },
  { name: 'it learns its root when that is told', latch: UNTOLD, facts: GOOD_FACTS, want: LATCH },
  { name: 'it goes with another root', latch: LATCH, facts: ofRoot(GOOD_FACTS, 'root-2'), want: null },
  {
    name: 'another root that is mixed too has one of its own',
    latch: LATCH,
    facts: ofRoot(MIXED_FACTS, 'root-2'),
    want: { ...FIRST, rootUUID: 'root-2' },
  },
]

for (const { name, latch, facts, want } of ROWS)
  t.test(name, async t => t.strictSame(latchAfter(latch, nodeReport(facts), 'soci', NOW), want))

t.test('a doubt about the report is none about what it says', async t => {
  t.strictSame(latchAfter(null, nodeReport(MIXED_FACTS, { verified: false }), 'soci', NOW), FIRST)
})

t.test('an earlier life of the agent left one behind', async t => {
  const { mixed } = LATCH
  t.strictSame(restoredLatch(nodeReport({}, { mixed }), 'boot-1'), LATCH)
  t.equal(restoredLatch(nodeReport({}, { mixed }), 'boot-2'), null, 'in another boot')
  t.equal(restoredLatch(nodeReport(), 'boot-1'), null, 'not')
  t.equal(restoredLatch(null, 'boot-1'), null, 'and no report')
})
