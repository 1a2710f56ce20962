import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { judgeObservation } from '../../../src/cli/inspect-verdict.ts'
import { DEFAULT_CONFIGURATION } from '../../../src/config/default-configuration.ts'
import type { Observation } from '../../../src/report/facts/observation.ts'

interface Expected {
  readonly default: string
  readonly defaultFromStatus: string | null
  readonly containersBySnapshotter: Record<string, number>
  /** Name and tag to, for example, "in soci (+overlayfs)" or "STRANDED (only in overlayfs)". */
  readonly images: Record<string, string>
  readonly state: readonly string[]
}

const folder = resolve(import.meta.dirname, '../../fixtures/captures')
const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
const expected = read('expected.json') as Record<string, Expected>

const captures = readdirSync(folder)
  .filter(name => statSync(join(folder, name)).isDirectory())
  .flatMap(version => readdirSync(join(folder, version)).map(file => `${version}/${file.replace(/\.json$/, '')}`))

const inspect = (capture: string) =>
  judgeObservation(read(`${capture}.json`) as Observation, 'soci', DEFAULT_CONFIGURATION)

t.test('every expectation has its capture, and there are captures', async t => {
  t.strictSame(
    Object.keys(expected).filter(name => !captures.includes(name)),
    [],
  )
  t.ok(captures.length > 100)
})

// Which list of the report an image of the table must be in; the sandbox image has a status instead.
const placeOf = (place: string, isWiped: boolean): 'stranded' | 'recoverable' | 'missing' | 'inDefault' => {
  if (place.startsWith('STRANDED')) return isWiped ? 'missing' : 'stranded'
  return place.startsWith('RECOVERABLE') ? 'recoverable' : 'inDefault'
}

const STATUS = { stranded: 'Stranded', recoverable: 'Recoverable', missing: 'Missing', inDefault: 'InDefault' }

for (const [capture, want] of Object.entries(expected)) {
  t.test(`${capture} gets the expected verdict and facts`, async t => {
    const { verdict, report } = inspect(capture)
    t.ok(want.state.includes(verdict.state), `${verdict.state} ${verdict.reason}: ${verdict.message}`)
    t.equal(report.defaultSnapshotter.name, want.default)
    t.equal(report.defaultSnapshotter.source, want.defaultFromStatus === null ? 'ImageFsInfo' : 'Status')
    t.strictSame(
      report.containers.bySnapshotter,
      Object.fromEntries(Object.entries(want.containersBySnapshotter).sort()),
    )
    for (const [image, place] of Object.entries(want.images)) {
      const found = placeOf(place, place.includes(`only in ${want.default}`))
      if (image.startsWith('pause:')) {
        t.equal(report.sandboxImage.status, STATUS[found], image)
        continue
      }
      for (const list of ['stranded', 'recoverable', 'missing'] as const) {
        t.equal(
          report.images[list]?.some(reference => reference.endsWith(`/${image}`)),
          found === list,
          `${image} ${list}`,
        )
      }
    }
  })
}

t.test('captures without an expectation get a verdict that is no error', async t => {
  for (const capture of captures.filter(name => !(name in expected))) {
    const { verdict } = inspect(capture)
    const want = capture.includes('/d') ? 'Mixed' : 'Ready'
    t.equal(verdict.state, want, `${capture}: ${verdict.reason} ${verdict.message}`)
  }
})
