import t from 'tap'
import { isLabelKey, isLabelValue } from '../../src/scheduling/label-syntax.ts'

const name63 = 'n'.repeat(63)
const prefix253 = `${'a.'.repeat(126)}a`

const keys: { key: string; want: boolean }[] = [
  { key: 'disk', want: true },
  { key: 'Disk_Type.v-1', want: true },
  { key: '1', want: true },
  { key: 'kubernetes.io/hostname', want: true },
  { key: '1.2.3.4/5678', want: true },
  { key: name63, want: true },
  { key: `${prefix253}/${name63}`, want: true },
  { key: '', want: false },
  { key: `${name63}n`, want: false },
  { key: `a${prefix253}/x`, want: false },
  { key: 'a/', want: false },
  { key: '/a', want: false },
  { key: 'a/b/c', want: false },
  { key: '-a', want: false },
  { key: 'a-', want: false },
  { key: '__proto__', want: false },
  { key: 'a b', want: false },
  { key: 'disk\n', want: false },
  { key: 'Example.com/a', want: false },
  { key: 'example_com/a', want: false },
  { key: 'example..com/a', want: false },
  { key: 'ß', want: false },
]

for (const { key, want } of keys) {
  t.test(`${JSON.stringify(key)} is ${want ? 'a' : 'no'} label key`, async t => t.equal(isLabelKey(key), want))
}

const values: { value: string; want: boolean }[] = [
  { value: '', want: true },
  { value: 'ssd', want: true },
  { value: 'A_b.c-9', want: true },
  { value: name63, want: true },
  { value: `${name63}n`, want: false },
  { value: '-1', want: false },
  { value: '+1', want: false },
  { value: 'a.', want: false },
  { value: 'a/b', want: false },
  { value: 'a b', want: false },
]

for (const { value, want } of values) {
  t.test(`${JSON.stringify(value)} is ${want ? 'a' : 'no'} label value`, async t => t.equal(isLabelValue(value), want))
}
