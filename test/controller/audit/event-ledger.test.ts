import fc from 'fast-check'
import t from 'tap'
import { type AuditFinding, findingsOf } from '../../../src/controller/audit/audit-finding.ts'
import { createEventLedger, type EventLedger } from '../../../src/controller/audit/event-ledger.ts'
import { rowOf } from './scan-rows.ts'

const MINUTE = 60_000
const TIMES = { repeatMs: 30 * MINUTE, quietMs: 10 * MINUTE }
const PLENTY = { maxEvents: 100, maxObjects: 100 }

const aboutNode = (node: string, state: 'Mixed' | 'Broken' = 'Mixed'): AuditFinding =>
  findingsOf([rowOf({ node, state })], () => 'u')[0] as AuditFinding

/** What is due, and then said. */
const say = (ledger: EventLedger, findings: readonly AuditFinding[], nowMs: number): string[] => {
  const due = ledger.due(findings, nowMs)
  for (const event of due) ledger.said(event, nowMs)
  return due.map(({ finding, count }) => `${finding.regarding.name} ${finding.codes.split(':')[0]} ${count}`)
}

t.test('a finding is said once, and again only while it lasts', async t => {
  const ledger = createEventLedger(TIMES, PLENTY)
  const bad = [aboutNode('bad')]
  t.strictSame(say(ledger, bad, 0), ['bad Mixed 1'])
  for (const minutes of [0, 5, 29]) t.strictSame(say(ledger, bad, minutes * MINUTE), [])
  t.strictSame(say(ledger, bad, 30 * MINUTE), ['bad Mixed 2'])
  t.strictSame(say(ledger, bad, 60 * MINUTE), ['bad Mixed 3'])
})

t.test('another state is another finding, but a node that flaps is not talked about all the time', async t => {
  const ledger = createEventLedger(TIMES, PLENTY)
  const said: string[] = []
  for (let minute = 0; minute < 30; minute++) {
    said.push(...say(ledger, [aboutNode('bad', minute % 2 === 0 ? 'Mixed' : 'Broken')], minute * MINUTE))
  }
  t.strictSame(said, ['bad Mixed 1', 'bad Broken 1', 'bad Mixed 1'])
})

t.test('what comes and goes is remembered, and forgotten when it has been gone for long', async t => {
  const ledger = createEventLedger(TIMES, PLENTY)
  t.strictSame(say(ledger, [aboutNode('bad')], 0), ['bad Mixed 1'])
  t.strictSame(say(ledger, [], 5 * MINUTE), [])
  t.strictSame(say(ledger, [aboutNode('bad')], 9 * MINUTE), [])
  t.strictSame(say(ledger, [], 61 * MINUTE), [])
  t.strictSame(say(ledger, [aboutNode('bad')], 62 * MINUTE), ['bad Mixed 1'])
})

t.test('what was never said comes first, and no more at once than may be', async t => {
  const ledger = createEventLedger(TIMES, { maxEvents: 2, maxObjects: 100 })
  const nodes = ['a', 'b', 'c', 'd'].map(name => aboutNode(name))
  t.strictSame(say(ledger, nodes, 0), ['a Mixed 1', 'b Mixed 1'])
  t.strictSame(say(ledger, nodes, 30 * MINUTE), ['c Mixed 1', 'd Mixed 1'])
  t.strictSame(say(ledger, nodes, 31 * MINUTE), ['a Mixed 2', 'b Mixed 2'])
})

t.test('however many objects there are, no more are remembered or talked about than may be', async t => {
  const ledger = createEventLedger(TIMES, { maxEvents: 100, maxObjects: 3 })
  const nodes = ['a', 'b', 'c', 'd'].map(name => aboutNode(name))
  t.strictSame(say(ledger, nodes, 0), ['a Mixed 1', 'b Mixed 1', 'c Mixed 1'])
  t.strictSame(say(ledger, [...nodes, aboutNode('e')], MINUTE), [])
})

t.test('about one object never more than one Event in each quiet time', async t => {
  const step = fc.record({
    minutes: fc.integer({ min: 0, max: 12 }),
    state: fc.constantFrom('Mixed' as const, 'Broken' as const, null),
  })
  const property = fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const ledger = createEventLedger(TIMES, PLENTY)
    let nowMs = 0
    let lastMs = Number.NEGATIVE_INFINITY
    for (const { minutes, state } of steps) {
      nowMs += minutes * MINUTE
      const said = say(ledger, state === null ? [] : [aboutNode('bad', state)], nowMs)
      if (said.length === 0) continue
      if (nowMs - lastMs < TIMES.quietMs) return false
      lastMs = nowMs
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property))
})
