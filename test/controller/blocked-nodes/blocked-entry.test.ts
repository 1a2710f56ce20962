import t from 'tap'
import { blockedEntry } from '../../../src/controller/blocked-nodes/blocked-entry.ts'
import type { NodeVerdict } from '../../../src/policy/node-verdict.ts'
import { verdictOf } from '../verdicts.ts'

const MIXED = { state: 'Mixed', reason: 'ImagesStranded' } as const
const STALE = { state: 'Unverified', reason: 'ReportStale' } as const
const HELD = { state: 'Ready', advisories: ['EvidenceHeld'] } as const
const BEFORE = 'Unverified: NoReport'

interface Row {
  readonly name: string
  readonly verdict: Partial<NodeVerdict>
  readonly unverified?: 'deny' | 'warn' | 'allow'
  readonly isBraked?: boolean
  readonly entryBefore?: string
  readonly want: string | undefined
}

const ROWS: readonly Row[] = [
  { name: 'a violation in an enforcing pool', verdict: MIXED, want: 'Mixed: ImagesStranded' },
  { name: 'a violation in a pool that warns', verdict: { ...MIXED, mode: 'warn' }, want: undefined },
  { name: 'a violation in a pool that audits', verdict: { ...MIXED, mode: 'audit' }, want: undefined },
  { name: 'Ready', verdict: {}, entryBefore: BEFORE, want: undefined },
  { name: 'Unverified', verdict: STALE, want: 'Unverified: ReportStale' },
  {
    name: 'Unverified where that only warns',
    verdict: STALE,
    unverified: 'warn',
    entryBefore: BEFORE,
    want: undefined,
  },
  {
    name: 'a violation where Unverified is allowed',
    verdict: MIXED,
    unverified: 'allow',
    want: 'Mixed: ImagesStranded',
  },
  { name: 'Unverified under the brake, free before', verdict: STALE, isBraked: true, want: undefined },
  {
    name: 'Unverified under the brake, blocked before',
    verdict: STALE,
    isBraked: true,
    entryBefore: BEFORE,
    want: BEFORE,
  },
  { name: 'held under the brake, blocked before', verdict: HELD, isBraked: true, entryBefore: BEFORE, want: BEFORE },
  { name: 'held under the brake, free before', verdict: HELD, isBraked: true, want: undefined },
  { name: 'Ready by evidence under the brake', verdict: {}, isBraked: true, entryBefore: BEFORE, want: undefined },
  { name: 'a violation under the brake', verdict: MIXED, isBraked: true, want: 'Mixed: ImagesStranded' },
  {
    name: 'under the brake in a pool that enforces no more',
    verdict: { ...STALE, mode: 'audit' },
    isBraked: true,
    entryBefore: BEFORE,
    want: undefined,
  },
]

for (const { name, verdict, unverified = 'deny', isBraked = false, entryBefore, want } of ROWS) {
  t.test(`${name}: ${want ?? 'no entry'}`, async t => {
    t.equal(blockedEntry(verdictOf(verdict), { unverified }, { isBraked, entryBefore }), want)
  })
}
