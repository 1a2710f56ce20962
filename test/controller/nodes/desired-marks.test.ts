import t from 'tap'
import { desiredMarks, type MarkInput } from '../../../src/controller/nodes/desired-marks.ts'
import { verdictOf } from '../verdicts.ts'

const NO_MARKS = { taint: null, label: null, condition: null }
const MIXED_MARKS = { taint: 'Mixed', label: 'Mixed', condition: null }
const AS_IT_IS = { taint: undefined, label: undefined, condition: undefined }

const ready = verdictOf({ message: 'uses soci' })
const mixed = verdictOf({ state: 'Mixed', reason: 'ImagesStranded', message: 'replace it' })
const unverified = verdictOf({ state: 'Unverified', reason: 'ReportStale', message: 'look at its agent' })
const held = verdictOf({ advisories: ['EvidenceHeld'] })

const READY = { status: 'True', reason: 'Ready', message: 'uses soci' }
const IS_MIXED = { status: 'False', reason: 'ImagesStranded', message: 'replace it' }
const IS_UNVERIFIED = { status: 'Unknown', reason: 'ReportStale', message: 'look at its agent' }

const input = (change: Partial<MarkInput>): MarkInput => ({
  ...{ verdict: ready, isRefused: false, isConfirmed: true, brake: 'off', marks: NO_MARKS },
  ...change,
})

const CASES: readonly { name: string; given: Partial<MarkInput>; want: object }[] = [
  { name: 'a Ready node has no taint', given: {}, want: { taint: null, label: 'Ready', condition: READY } },
  {
    name: 'a refused node has all three',
    given: { verdict: mixed, isRefused: true },
    want: { taint: 'Mixed', label: 'Mixed', condition: IS_MIXED },
  },
  {
    name: 'an Unverified node that is refused too',
    given: { verdict: unverified, isRefused: true },
    want: { taint: 'Unverified', label: 'Unverified', condition: IS_UNVERIFIED },
  },
  {
    name: 'a node that is not Ready, and not refused, has no taint',
    given: { verdict: unverified, marks: MIXED_MARKS },
    want: { taint: null, label: 'Unverified', condition: IS_UNVERIFIED },
  },
  {
    name: 'a pool that is off has nothing, whatever else',
    given: { verdict: { ...unverified, mode: 'off' }, brake: 'outage', isConfirmed: false },
    want: { taint: null, label: null, condition: null },
  },
  {
    name: 'an unconfirmed Ready takes nothing away',
    given: { isConfirmed: false, marks: MIXED_MARKS },
    want: AS_IT_IS,
  },
  {
    name: 'an unconfirmed Ready does not turn a label either',
    given: { isConfirmed: false, marks: { ...NO_MARKS, label: 'Unverified' } },
    want: AS_IT_IS,
  },
  {
    name: 'an unconfirmed Ready marks a node that nothing is held against',
    given: { isConfirmed: false, marks: { ...NO_MARKS, label: 'Ready' } },
    want: { taint: null, label: 'Ready', condition: READY },
  },
  {
    name: 'an unconfirmed Ready in a pool that does not enforce leaves no taint',
    given: { isConfirmed: false, marks: MIXED_MARKS, verdict: { ...ready, mode: 'warn' } },
    want: { ...AS_IT_IS, taint: null },
  },
  {
    name: 'a violation that is told needs no confirmation',
    given: { isConfirmed: false, verdict: mixed, isRefused: true },
    want: { taint: 'Mixed', label: 'Mixed', condition: IS_MIXED },
  },
  {
    name: 'with late reports an Unverified node stays as it is',
    given: { verdict: unverified, isRefused: true, brake: 'late' },
    want: AS_IT_IS,
  },
  {
    name: 'with late reports a violation is tainted',
    given: { verdict: mixed, isRefused: true, brake: 'late' },
    want: { taint: 'Mixed', label: 'Mixed', condition: IS_MIXED },
  },
  {
    name: 'in an outage an Unverified node stays as it is',
    given: { verdict: unverified, isRefused: true, brake: 'outage', marks: MIXED_MARKS },
    want: AS_IT_IS,
  },
  {
    name: 'in an outage a node that is held stays as it is',
    given: { verdict: held, brake: 'outage', marks: MIXED_MARKS },
    want: AS_IT_IS,
  },
  {
    name: 'in an outage a violation is labelled, and no taint is added or changed',
    given: { verdict: mixed, isRefused: true, brake: 'outage' },
    want: { taint: undefined, label: 'Mixed', condition: IS_MIXED },
  },
  {
    name: 'in an outage a report that says Ready is believed',
    given: { brake: 'outage', marks: MIXED_MARKS },
    want: { taint: null, label: 'Ready', condition: READY },
  },
]

for (const { name, given, want } of CASES) {
  t.test(name, async t => {
    t.strictSame(desiredMarks(input(given)), want)
  })
}
