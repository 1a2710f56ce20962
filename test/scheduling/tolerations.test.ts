import t from 'tap'
import { findUntoleratedTaint, toleratesTaint, toleratesUnschedulable } from '../../src/scheduling/tolerations.ts'
import { taint, toleration } from './builders.ts'

const pairs: {
  name: string
  of: Parameters<typeof toleration>[0]
  taint: Parameters<typeof taint>[0]
  want: boolean
}[] = [
  { name: 'Exists without a key tolerates everything', of: {}, taint: {}, want: true },
  { name: 'Exists tolerates every value of its key', of: { key: 'dedicated' }, taint: { value: 'x' }, want: true },
  { name: 'Exists does not look at its own value', of: { key: 'dedicated', value: 'other' }, taint: {}, want: true },
  { name: 'Exists of another key does not', of: { key: 'other' }, taint: {}, want: false },
  { name: 'an effect must be the same', of: { effect: 'NoExecute' }, taint: {}, want: false },
  { name: 'the same effect', of: { effect: 'NoSchedule' }, taint: {}, want: true },
  { name: 'no effect is every effect', of: { key: 'dedicated' }, taint: { effect: 'NoExecute' }, want: true },
  { name: 'Equal of the same value', of: { key: 'dedicated', operator: 'Equal', value: 'gpu' }, taint: {}, want: true },
  { name: 'Equal of another value', of: { key: 'dedicated', operator: 'Equal', value: 'cpu' }, taint: {}, want: false },
  { name: 'no operator is Equal', of: { key: 'dedicated', operator: '', value: 'gpu' }, taint: {}, want: true },
  { name: 'no operator with another value', of: { key: 'dedicated', operator: '', value: '' }, taint: {}, want: false },
  { name: 'Equal without a key is about every key', of: { operator: 'Equal', value: 'gpu' }, taint: {}, want: true },
  {
    name: 'an operator that is not known tolerates nothing',
    of: { operator: 'Near', value: 'gpu' },
    taint: {},
    want: false,
  },
  { name: 'operators are told apart by case', of: { operator: 'exists' }, taint: {}, want: false },
  { name: 'Lt tolerates a smaller taint', of: { operator: 'Lt', value: '10' }, taint: { value: '9' }, want: true },
  {
    name: 'Lt does not tolerate the same number',
    of: { operator: 'Lt', value: '10' },
    taint: { value: '10' },
    want: false,
  },
  { name: 'Gt tolerates a larger taint', of: { operator: 'Gt', value: '9' }, taint: { value: '10' }, want: true },
  {
    name: 'Gt does not tolerate the same number',
    of: { operator: 'Gt', value: '9' },
    taint: { value: '9' },
    want: false,
  },
  { name: 'Gt compares negative numbers', of: { operator: 'Gt', value: '-5' }, taint: { value: '-4' }, want: true },
  { name: 'Lt does not take a leading zero', of: { operator: 'Lt', value: '10' }, taint: { value: '09' }, want: false },
  {
    name: 'Gt does not take a leading zero of its own',
    of: { operator: 'Gt', value: '01' },
    taint: { value: '2' },
    want: false,
  },
  { name: 'Gt does not take a plus sign', of: { operator: 'Gt', value: '+1' }, taint: { value: '2' }, want: false },
  { name: 'Lt does not take minus zero', of: { operator: 'Lt', value: '-0' }, taint: { value: '-1' }, want: false },
  { name: 'Lt does not take a fraction', of: { operator: 'Lt', value: '1.5' }, taint: { value: '1' }, want: false },
  { name: 'Gt does not take text', of: { operator: 'Gt', value: '1' }, taint: { value: 'gpu' }, want: false },
  { name: 'Gt does not take an empty taint', of: { operator: 'Gt', value: '-1' }, taint: { value: '' }, want: false },
  {
    name: 'Gt does not go beyond 64 bits',
    of: { operator: 'Gt', value: '1' },
    taint: { value: '9223372036854775808' },
    want: false,
  },
  {
    name: 'Gt is exact up to 64 bits',
    of: { operator: 'Gt', value: '9223372036854775806' },
    taint: { value: '9223372036854775807' },
    want: true,
  },
  {
    name: 'Lt of another key does not',
    of: { key: 'other', operator: 'Lt', value: '10' },
    taint: { value: '9' },
    want: false,
  },
]

for (const { name, of, taint: changes, want } of pairs) {
  t.test(name, async t => t.equal(toleratesTaint(toleration(of), taint(changes)), want))
}

t.test('the first taint that nothing tolerates is found', async t => {
  const [a, b, c] = [taint({ key: 'a' }), taint({ key: 'b', effect: 'NoExecute' }), taint({ key: 'c' })]
  t.equal(findUntoleratedTaint([a, b, c], [toleration({ key: 'a' })]), b)
  t.equal(
    findUntoleratedTaint(
      [a, b, c],
      ['a', 'b', 'c'].map(key => toleration({ key })),
    ),
    undefined,
  )
  t.equal(findUntoleratedTaint([], []), undefined)
})

t.test('PreferNoSchedule and effects that are not known keep nobody off', async t => {
  t.equal(findUntoleratedTaint([taint({ effect: 'PreferNoSchedule' }), taint({ effect: 'Evict' })], []), undefined)
})

const cordoned: { name: string; of: Parameters<typeof toleration>[0]; want: boolean }[] = [
  { name: 'who tolerates everything', of: {}, want: true },
  {
    name: 'who tolerates the taint of cordoning',
    of: { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    want: true,
  },
  {
    name: 'who tolerates it with an empty value',
    of: { key: 'node.kubernetes.io/unschedulable', operator: 'Equal' },
    want: true,
  },
  {
    name: 'who tolerates it with some value',
    of: { key: 'node.kubernetes.io/unschedulable', operator: 'Equal', value: 'true' },
    want: false,
  },
  {
    name: 'who tolerates its NoExecute',
    of: { key: 'node.kubernetes.io/unschedulable', effect: 'NoExecute' },
    want: false,
  },
  { name: 'who tolerates another taint', of: { key: 'dedicated' }, want: false },
]

for (const { name, of, want } of cordoned) {
  t.test(`${name} ${want ? 'may' : 'may not'} go to a cordoned node`, async t => {
    t.equal(toleratesUnschedulable([toleration({ key: 'unrelated' }), toleration(of)]), want)
  })
}
