import t from 'tap'
import { createRoster } from '../../src/policy/roster.ts'
import { configurationOf, nodeOf, reportOf } from './evidence-builders.ts'

const TTL_MS = 150_000

const rosterOf = (size: number, outage: { fraction: number; answer: 'hold' | 'deny' }) => {
  const roster = createRoster(configurationOf({ reportTTLMs: TTL_MS, outage }))
  for (let at = 0; at < size; at++) {
    const name = `n${at}`
    roster.setNode(
      nodeOf(node => {
        node.name = name
      }),
      0,
    )
    roster.setReport(
      reportOf(report => {
        report.name = name
      }),
      0,
      0,
    )
  }
  roster.advance(0)
  return roster
}

t.test(
  'of a mass loss of reports a call judges no more than it may, and every answer is exact all the same',
  async t => {
    const roster = rosterOf(10, { fraction: 1, answer: 'deny' })
    const lateMs = TTL_MS + 1
    roster.advance(lateMs, 4)
    t.equal(roster.stateCounts().Unverified, 4)
    t.equal(roster.pending, true)
    t.equal(roster.judge('n9', lateMs).reason, 'ReportStale')
    t.equal(roster.stateCounts().Unverified, 5, 'what was judged for an answer need not be judged again')
    roster.advance(lateMs, 4)
    roster.advance(lateMs, 4)
    t.equal(roster.stateCounts().Unverified, 10)
    t.equal(roster.pending, false)
  },
)

t.test('the outage is known at once, before all verdicts have been made anew', async t => {
  const roster = rosterOf(10, { fraction: 0.5, answer: 'hold' })
  const lateMs = TTL_MS + 1
  t.strictSame(roster.advance(lateMs, 1), { outageChanged: true, outage: true })
  t.equal(roster.pending, true)
  for (const name of ['n0', 'n5', 'n9']) {
    t.strictSame([roster.judge(name, lateMs).state, roster.judge(name, lateMs).advisories], ['Ready', ['EvidenceHeld']])
  }
})

t.test('the end of an outage reaches every answer at once as well', async t => {
  const roster = rosterOf(10, { fraction: 0.5, answer: 'hold' })
  const lateMs = TTL_MS + 1
  roster.advance(lateMs)
  for (let at = 0; at < 6; at++) {
    const renewed = reportOf(report => {
      report.name = `n${at}`
    })
    roster.setReport(renewed, lateMs, lateMs)
  }
  t.strictSame(roster.advance(lateMs, 0), { outageChanged: true, outage: false })
  t.equal(roster.judge('n9', lateMs).reason, 'ReportStale')
})

t.test('a node that goes while its verdict is due is not waited for', async t => {
  const roster = rosterOf(2, { fraction: 1, answer: 'deny' })
  roster.advance(TTL_MS + 1, 1)
  roster.removeNode('n1')
  t.equal(roster.pending, false)
  t.strictSame(roster.stateCounts(), { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 1 })
})
