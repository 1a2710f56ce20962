import t from 'tap'
import { refuses } from '../../src/policy/refuses.ts'

const CASES = [
  { name: 'a Ready node', state: 'Ready', mode: 'enforce', unverified: 'deny', want: false },
  { name: 'a Mixed node', state: 'Mixed', mode: 'enforce', unverified: 'allow', want: true },
  { name: 'a NotDefault node', state: 'NotDefault', mode: 'enforce', unverified: 'deny', want: true },
  { name: 'a Broken node', state: 'Broken', mode: 'enforce', unverified: 'deny', want: true },
  { name: 'an Unverified node', state: 'Unverified', mode: 'enforce', unverified: 'deny', want: true },
  {
    name: 'an Unverified node where that is a warning',
    state: 'Unverified',
    mode: 'enforce',
    unverified: 'warn',
    want: false,
  },
  {
    name: 'an Unverified node where that is allowed',
    state: 'Unverified',
    mode: 'enforce',
    unverified: 'allow',
    want: false,
  },
  { name: 'a Mixed node of a warning pool', state: 'Mixed', mode: 'warn', unverified: 'deny', want: false },
  { name: 'a Mixed node of an auditing pool', state: 'Mixed', mode: 'audit', unverified: 'deny', want: false },
  { name: 'a Mixed node of a pool that is off', state: 'Mixed', mode: 'off', unverified: 'deny', want: false },
] as const

for (const { name, state, mode, unverified, want } of CASES) {
  t.test(`${name} is ${want ? '' : 'not '}refused`, async t => {
    t.equal(refuses({ state, mode }, { unverified }), want)
  })
}
