import t from 'tap'
import { hasStatsBug } from '../../src/policy/containerd-version.ts'

const CASES: [string, boolean][] = [
  ['1.5.18', true],
  ['1.6.20~ds1', true],
  ['1.6.31', true],
  ['1.6.32', false],
  ['v1.6.33', false],
  ['1.6.32-rc.1', true],
  ['1.7.0', true],
  ['v1.7.15', true],
  ['1.7.15-0ubuntu1~22.04.1', true],
  ['1.7.16-rc.1', true],
  ['1.7.16~rc.1', true],
  ['1.7.16-beta.0', true],
  ['1.7.16', false],
  ['1.7.16+unknown', false],
  ['1.7.16-0ubuntu1', false],
  ['1.7.16~ds1', false],
  ['v1.7.24', false],
  ['1.10.0', false],
  ['2.0.0-rc.1', false],
  ['2.1.9', false],
  ['0.9.9', true],
  ['', false],
  ['unknown', false],
  ['1.7', false],
]

for (const [version, want] of CASES) {
  t.test(`containerd "${version}" ${want ? 'has' : 'is not known to have'} the bug`, async t => {
    t.equal(hasStatsBug(version), want)
  })
}
