import t from 'tap'
import { parseLabelSelector } from '../../src/scheduling/parse-label-selector.ts'

t.test('a selector is read with both of its parts', async t => {
  const matchExpressions = [{ key: 'example.com/gpu', operator: 'NotIn', values: ['', 'a100'] }]
  t.strictSame(parseLabelSelector({ matchLabels: { os: 'linux' }, matchExpressions }, 'pools[0].nodeSelector'), {
    ok: true,
    value: { matchLabels: { os: 'linux' }, matchExpressions },
  })
})

t.test('absent and null parts are empty', async t => {
  const empty = { ok: true, value: { matchLabels: {}, matchExpressions: [] } }
  t.strictSame(parseLabelSelector({}, 's'), empty)
  t.strictSame(parseLabelSelector({ matchLabels: null, matchExpressions: null }, 's'), empty)
  t.strictSame(parseLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Exists', values: null }] }, 's'), {
    ok: true,
    value: { matchLabels: {}, matchExpressions: [{ key: 'a', operator: 'Exists', values: [] }] },
  })
})

const noKey = 'expected a label key such as example.com/name, found'
const noValue = 'expected a label value (at most 63 letters, digits, -, _ and .), found'

const faults: { name: string; value: unknown; want: { path: string; message: string }[] }[] = [
  {
    name: 'an absent selector',
    value: null,
    want: [{ path: 's', message: 'expected a label selector, found nothing; write {} to select everything' }],
  },
  {
    name: 'a selector of the wrong type',
    value: 'os=linux',
    want: [{ path: 's', message: 'expected an object, found string os=linux' }],
  },
  { name: 'a selector that is a list', value: [], want: [{ path: 's', message: 'expected an object, found a list' }] },
  {
    name: 'labels of the wrong type, or invalid',
    value: { matchLabels: { os: true, 'a b': 'c', d: 'e f' } },
    want: [
      { path: 's.matchLabels[os]', message: 'expected a string, found boolean true' },
      { path: 's.matchLabels[a b]', message: `${noKey} "a b"` },
      { path: 's.matchLabels[d]', message: `${noValue} "e f"` },
    ],
  },
  {
    name: 'every problem of every expression',
    value: {
      matchExpressions: [
        { key: 'a', operator: 'Gt', values: ['1'] },
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', values: ['x', 'y'] },
        { key: 5, operator: 'In', values: ['-'] },
        { operator: 7, values: {} },
      ],
    },
    want: [
      {
        path: 's.matchExpressions[0].operator',
        message: 'unknown operator "Gt": expected one of In, NotIn, Exists, DoesNotExist',
      },
      { path: 's.matchExpressions[1].values', message: 'expected at least one value for In, found none' },
      { path: 's.matchExpressions[2].values', message: 'expected no values for Exists, found 2' },
      { path: 's.matchExpressions[3].key', message: 'expected a string, found number 5' },
      { path: 's.matchExpressions[3].values[0]', message: `${noValue} "-"` },
      { path: 's.matchExpressions[4].key', message: `${noKey} ""` },
      { path: 's.matchExpressions[4].operator', message: 'expected a string, found number 7' },
      { path: 's.matchExpressions[4].values', message: 'expected a list, found an object' },
    ],
  },
]

for (const { name, value, want } of faults) {
  t.test(`${name} is a problem`, async t => {
    t.strictSame(parseLabelSelector(value, 's'), { ok: false, problems: want })
  })
}
