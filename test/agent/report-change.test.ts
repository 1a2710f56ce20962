import t from 'tap'
import { reportChange } from '../../src/agent/report-change.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { GOOD_FACTS, MIXED_FACTS } from './facts.ts'
import { nodeReport } from './node-report.ts'

const images = (total: number | null) => nodeReport({ images: { ...GOOD_FACTS.images, total } })
const containers = (bySnapshotter: Record<string, number> | null) =>
  nodeReport({ containers: { bySnapshotter, foreign: [] } })
const LATCHED = { since: '2026-11-22T08:00:20Z', reason: 'ConfiguredAfterLaunch', message: 'm' } as const

const CHANGES: readonly { name: string; after: NodeReport; want: string; before?: NodeReport }[] = [
  { name: 'nothing', after: nodeReport(), want: 'none' },
  { name: 'number and time', after: nodeReport({}, { sequence: 8, renewTime: '2026-11-22T09:01:00Z' }), want: 'none' },
  { name: 'more containers', after: containers({ soci: 13 }), want: 'count' },
  { name: 'no container any more', after: containers({ soci: 0 }), want: 'fact' },
  { name: 'the first container elsewhere', after: containers({ soci: 12, overlayfs: 1 }), want: 'fact' },
  { name: 'containers that cannot be told', after: containers(null), want: 'fact' },
  {
    name: 'the same counts in another order',
    before: containers({ a: 1, b: 2 }),
    after: containers({ b: 2, a: 1 }),
    want: 'none',
  },
  { name: 'more images', after: images(10), want: 'count' },
  { name: 'images that cannot be told', after: images(null), want: 'fact' },
  { name: 'a foreign container', after: nodeReport(MIXED_FACTS), want: 'fact' },
  { name: 'a doubt', after: nodeReport({}, { verified: false }), want: 'fact' },
  { name: 'the latch', after: nodeReport({}, { mixed: LATCHED }), want: 'fact' },
  { name: 'another boot', after: nodeReport({}, { bootID: 'boot-2' }), want: 'fact' },
  { name: 'a discard setting that is known now', after: nodeReport({ discardUnpackedLayers: null }), want: 'fact' },
]

for (const { name, before = nodeReport(), after, want } of CHANGES)
  t.test(`${name}: ${want}`, async t => {
    t.equal(reportChange(before, after), want)
    t.equal(reportChange(after, before), want, 'and back')
  })
