import t from 'tap'
import { isFresh, reportMovedAtMs } from '../../src/report/freshness.ts'
import { reportOf } from '../policy/evidence-builders.ts'

const before = { report: reportOf(), movedAtMs: 1000 }

const CASES = [
  { name: 'a report seen for the first time', previous: undefined, tweak: () => {}, want: 5000 },
  { name: 'the same report again', previous: before, tweak: () => {}, want: 1000 },
  {
    name: 'a higher sequence',
    previous: before,
    tweak: (r: { sequence: number }) => {
      r.sequence = 43
    },
    want: 5000,
  },
  {
    name: 'an old copy with a lower sequence',
    previous: before,
    tweak: (r: { sequence: number }) => {
      r.sequence = 41
    },
    want: 1000,
  },
  {
    name: 'a renewTime alone',
    previous: before,
    tweak: (r: { renewTime: string }) => {
      r.renewTime = '2099-01-01T00:00:00Z'
    },
    want: 1000,
  },
  {
    name: 'another boot that counts from the start',
    previous: before,
    tweak: (r: { bootID: string; sequence: number }) => {
      r.bootID = 'b'
      r.sequence = 1
    },
    want: 5000,
  },
  {
    name: 'another agent pod',
    previous: before,
    tweak: (r: { agent: { podUID: string }; sequence: number }) => {
      r.agent.podUID = 'p'
      r.sequence = 1
    },
    want: 5000,
  },
  {
    name: 'another Node',
    previous: before,
    tweak: (r: { nodeUID: string; sequence: number }) => {
      r.nodeUID = 'u'
      r.sequence = 1
    },
    want: 5000,
  },
]

for (const { name, previous, tweak, want } of CASES) {
  t.test(`${name} ${want === 5000 ? 'counts from now' : 'renews nothing'}`, async t => {
    t.equal(reportMovedAtMs(previous, reportOf(tweak), 5000), want)
  })
}

t.test('a report is fresh up to and including the end of its time to live', async t => {
  t.equal(isFresh(1000, 1000, 150), true)
  t.equal(isFresh(1000, 1150, 150), true)
  t.equal(isFresh(1000, 1151, 150), false)
})
