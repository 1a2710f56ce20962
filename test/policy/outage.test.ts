import t from 'tap'
import { judgeNode } from '../../src/policy/judge-node.ts'
import { isJudgedByReport, isOutage } from '../../src/policy/outage.ts'
import { configurationOf, nodeOf, poolNamed, readNodeFixture } from './evidence-builders.ts'

const CASES = [
  { judgedByReport: 0, unverified: 0, fraction: 0, want: false },
  { judgedByReport: 20, unverified: 11, fraction: 0.55, want: false },
  { judgedByReport: 20, unverified: 12, fraction: 0.55, want: true },
  { judgedByReport: 1, unverified: 1, fraction: 0.55, want: true },
  { judgedByReport: 1, unverified: 1, fraction: 1, want: false },
  { judgedByReport: 3, unverified: 0, fraction: 0, want: false },
]

for (const { judgedByReport, unverified, fraction, want } of CASES) {
  t.test(`${unverified} of ${judgedByReport} Unverified is ${want ? 'an' : 'no'} outage at ${fraction}`, async t => {
    t.equal(isOutage({ judgedByReport, unverified }, { fraction }), want)
  })
}

t.test('nodes count that a report decides about for somebody', async t => {
  const pools = [poolNamed('off', { mode: 'off' }), poolNamed('label', { evidence: 'label' })]
  const counts = (code: string, pool = '') => {
    const { node, report } = readNodeFixture(code)
    const labelled = node && nodeOf(changed => Object.assign(changed, { ...node, labels: { pool } }))
    return isJudgedByReport(
      judgeNode({ name: 'node1', node: labelled, report, fresh: true }, configurationOf({ pools })),
    )
  }
  t.equal(counts('Ready'), true)
  t.equal(counts('NoReport'), true)
  t.equal(counts('ConfiguredAfterLaunch'), true)
  t.equal(counts('Ready', 'off'), false)
  t.equal(counts('Ready', 'label'), false)
  t.equal(counts('UnsupportedOperatingSystem'), false)
  t.equal(counts('NotContainerd'), false)
  t.equal(counts('NodeNotFound'), false)
})
