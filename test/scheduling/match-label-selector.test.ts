import t from 'tap'
import type { LabelSelector } from '../../src/scheduling/label-selector.ts'
import { matchesLabelSelector } from '../../src/scheduling/match-label-selector.ts'

const labels = { os: 'linux', gpu: '' }

const cases: { name: string; selector: Partial<LabelSelector>; want: boolean }[] = [
  { name: 'an empty selector matches everything', selector: {}, want: true },
  { name: 'a label that is there', selector: { matchLabels: { os: 'linux' } }, want: true },
  { name: 'a label with another value', selector: { matchLabels: { os: 'windows' } }, want: false },
  { name: 'a label that is absent is not empty', selector: { matchLabels: { disk: '' } }, want: false },
  {
    name: 'what objects inherit is no label',
    selector: { matchExpressions: [{ key: 'constructor', operator: 'Exists', values: [] }] },
    want: false,
  },
  {
    name: 'In with the value',
    selector: { matchExpressions: [{ key: 'os', operator: 'In', values: ['a', 'linux'] }] },
    want: true,
  },
  {
    name: 'In without the key',
    selector: { matchExpressions: [{ key: 'disk', operator: 'In', values: [''] }] },
    want: false,
  },
  {
    name: 'NotIn with the value',
    selector: { matchExpressions: [{ key: 'os', operator: 'NotIn', values: ['linux'] }] },
    want: false,
  },
  {
    name: 'NotIn without the key',
    selector: { matchExpressions: [{ key: 'disk', operator: 'NotIn', values: ['x'] }] },
    want: true,
  },
  {
    name: 'NotIn with another value',
    selector: { matchExpressions: [{ key: 'os', operator: 'NotIn', values: ['x'] }] },
    want: true,
  },
  {
    name: 'Exists with an empty value',
    selector: { matchExpressions: [{ key: 'gpu', operator: 'Exists', values: [] }] },
    want: true,
  },
  {
    name: 'DoesNotExist with the key',
    selector: { matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist', values: [] }] },
    want: false,
  },
  {
    name: 'DoesNotExist without the key',
    selector: { matchExpressions: [{ key: 'disk', operator: 'DoesNotExist', values: [] }] },
    want: true,
  },
  {
    name: 'labels and expressions must all hold',
    selector: { matchLabels: { os: 'linux' }, matchExpressions: [{ key: 'gpu', operator: 'In', values: ['1'] }] },
    want: false,
  },
]

for (const { name, selector, want } of cases) {
  t.test(name, async t => {
    t.equal(matchesLabelSelector({ matchLabels: {}, matchExpressions: [], ...selector }, labels), want)
  })
}
