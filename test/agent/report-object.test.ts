import fc from 'fast-check'
import t from 'tap'
import { MAX_REPORT_BYTES, reportObject } from '../../src/agent/report-object.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { parseNodeReport } from '../../src/report/parse-node-report.ts'
import { GOOD_FACTS } from './facts.ts'

const REPORT: NodeReport = {
  name: 'node1',
  nodeUID: 'uid-1',
  bootID: 'boot-1',
  bootTime: '2026-11-22T08:00:00Z',
  agent: { podUID: 'pod-1', version: '0.1.0' },
  ...GOOD_FACTS,
  mixed: null,
  verified: true,
  sequence: 7,
  renewTime: '2026-11-22T09:00:00Z',
}

const times = <Item>(count: number, item: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => item(i))
const long = (i: number): string => `registry.example.com/${'very-long-'.repeat(60)}${i}`

const HUGE: NodeReport = {
  ...REPORT,
  runtime: { ...REPORT.runtime, criError: 'é'.repeat(20_000) },
  snapshotters: times(60, i => ({
    name: `${long(i)}`,
    address: long(i),
    root: long(i),
    registered: true,
    responds: true,
  })),
  runtimeHandlers: times(60, i => ({ name: long(i), snapshotter: long(i) })),
  containers: {
    bySnapshotter: Object.fromEntries(times(60, i => [long(i), i])),
    foreign: times(60, i => ({ id: long(i), name: long(i), kind: 'container', snapshotter: long(i), createdAt: '' })),
  },
  images: {
    total: 6000,
    foreign: times(60, long),
    stranded: times(60, long),
    recoverable: times(60, long),
    missing: times(60, long),
  },
  mixed: { since: '2026-11-22T08:00:00Z', reason: 'ImagesStranded', message: 'x'.repeat(5000) },
}

const parsed = (text: string): NodeReport => {
  const result = parseNodeReport(JSON.parse(text))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

t.test('what is written is read as it was', async t => {
  t.strictSame(parsed(reportObject(REPORT, 'soci')), REPORT)
})

t.test('what could not be told is left out, a time too', async t => {
  const text = reportObject({ ...REPORT, bootTime: '', containers: { bySnapshotter: null, foreign: null } }, 'soci')
  t.strictSame(JSON.parse(text).spec.containers, {})
  t.notOk('bootTime' in JSON.parse(text).spec)
  t.notMatch(text, /null/)
})

t.test('however much there is on a node, the report stays within 8 KiB and says what matters', async t => {
  const soci = { name: 'soci', address: '/run/soci.sock', root: '/var/lib/soci', registered: true, responds: false }
  const text = reportObject({ ...HUGE, snapshotters: [...HUGE.snapshotters, soci] }, 'soci')
  t.ok(Buffer.byteLength(text) <= MAX_REPORT_BYTES, `${Buffer.byteLength(text)} bytes`)
  const report = parsed(text)
  for (const list of [report.snapshotters, report.runtimeHandlers] as const) {
    t.equal(new Set(list.map(({ name }) => name)).size, list.length, 'no name stands twice')
  }
  t.match(report.snapshotters[0], { name: 'soci', responds: false })
  t.equal(report.images.total, 6000)
  t.ok(report.images.stranded && report.images.stranded.length > 0)
  t.match(report.mixed, { reason: 'ImagesStranded' })
})

t.test('lists hold ten, and a plugin once', async t => {
  const twice = [...REPORT.snapshotters, ...REPORT.snapshotters]
  const images = { ...REPORT.images, stranded: times(30, i => `image-${i}`) }
  const report = parsed(reportObject({ ...REPORT, snapshotters: twice, images }, 'soci'))
  t.equal(report.images.stranded?.length, 10)
  t.strictSame(report.snapshotters, REPORT.snapshotters)
})

t.test('any texts fit', async () => {
  const text = fc.string({ maxLength: 3000, unit: 'binary' })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), text, (texts, one) => {
      const report = { ...HUGE, images: { ...HUGE.images, stranded: texts, missing: texts }, configTrap: one }
      return Buffer.byteLength(reportObject(report, one)) <= MAX_REPORT_BYTES
    }),
    { numRuns: 100 },
  )
})
