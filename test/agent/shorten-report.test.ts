import t from 'tap'
import { REPORT_LIMITS, shortenReport } from '../../src/agent/shorten-report.ts'
import { GOOD_FACTS } from './facts.ts'
import { nodeReport } from './node-report.ts'

const LIMITS = { items: 2, plugins: 2, text: 8, sentence: 12 }
const plugin = (name: string) => ({ name, address: '/a', root: '/r', registered: true, responds: null })
const shortened = (...changes: Parameters<typeof nodeReport>) => shortenReport(nodeReport(...changes), LIMITS, 'soci')

t.test('what fits stays as it is', async t => {
  const report = nodeReport()
  t.strictSame(shortenReport(report, REPORT_LIMITS[0] as (typeof REPORT_LIMITS)[0], 'soci'), report)
})

t.test('each limit is tighter than the one before', async t => {
  for (const [index, limits] of REPORT_LIMITS.entries()) {
    const before = REPORT_LIMITS[index - 1]
    if (!before) continue
    for (const name of ['items', 'plugins', 'text', 'sentence'] as const) t.ok(limits[name] <= before[name], name)
  }
})

t.test('the expected and the default snapshotter are kept before all others', async t => {
  const snapshotters = ['native', 'btrfs', 'overlayfs', 'soci'].map(plugin)
  const defaultSnapshotter = { name: 'overlayfs', source: 'Status' } as const
  const report = shortenReport(nodeReport({ snapshotters, defaultSnapshotter }), { ...LIMITS, text: 64 }, 'soci')
  t.strictSame(
    report.snapshotters.map(({ name }) => name),
    ['overlayfs', 'soci'],
  )
})

t.test('a name that is cut to one that is there already is there once', async t => {
  const names = ['abcdefghi', 'abcdefgxy'].map(plugin)
  t.strictSame(
    shortened({ snapshotters: names }).snapshotters.map(({ name }) => name),
    ['abcdefg…'],
  )
})

t.test('of the counts the important snapshotters are kept, and then the largest', async t => {
  const containers = { bySnapshotter: { a: 1, b: 9, c: 5, soci: 0 }, foreign: [] }
  t.strictSame(shortened({ containers }).containers.bySnapshotter, { soci: 0, b: 9 })
})

t.test('lists and sentences are cut, and what could not be told stays so', async t => {
  const images = { total: 30, foreign: null, stranded: ['a', 'b', 'c'], recoverable: ['a-long-reference'], missing: [] }
  const mixed = { since: '', reason: 'ConfiguredAfterLaunch', message: 'a sentence that is long' } as const
  const report = shortened({ images, containers: { bySnapshotter: null, foreign: null } }, { mixed })
  t.strictSame(report.images, {
    total: 30,
    foreign: null,
    stranded: ['a', 'b'],
    recoverable: ['a-long-…'],
    missing: [],
  })
  t.strictSame(report.containers, { bySnapshotter: null, foreign: null })
  t.equal(report.mixed?.message, 'a sentence …')
})

t.test('a name of a foreign container keeps its parts within the limit', async t => {
  const foreign = [
    { id: 'c1', name: 'kube-system/kube-proxy', kind: 'container', snapshotter: 'overlayfs', createdAt: '' } as const,
  ]
  const report = shortened({ containers: { ...GOOD_FACTS.containers, foreign } })
  t.strictSame(report.containers.foreign?.[0], { ...foreign[0], name: 'kube-sy…', snapshotter: 'overlay…' })
})
