import t from 'tap'
import { compileRequirement } from '../../src/scheduling/node-selector-requirement.ts'
import { requirement } from './builders.ts'

const outcomes: {
  name: string
  of: ReturnType<typeof requirement>
  labels: Record<string, string>
  want: boolean
}[] = [
  {
    name: 'In holds for a listed value',
    of: requirement('disk', 'In', 'hdd', 'ssd'),
    labels: { disk: 'ssd' },
    want: true,
  },
  {
    name: 'In fails for another value',
    of: requirement('disk', 'In', 'hdd', 'ssd'),
    labels: { disk: 'nvme' },
    want: false,
  },
  { name: 'In fails where the key is absent', of: requirement('disk', 'In', 'ssd'), labels: {}, want: false },
  { name: 'In of the empty value needs the key', of: requirement('disk', 'In', ''), labels: {}, want: false },
  { name: 'In holds for the empty value', of: requirement('disk', 'In', ''), labels: { disk: '' }, want: true },
  {
    name: 'NotIn fails for a listed value',
    of: requirement('disk', 'NotIn', 'hdd', 'ssd'),
    labels: { disk: 'ssd' },
    want: false,
  },
  {
    name: 'NotIn holds for another value',
    of: requirement('disk', 'NotIn', 'hdd', 'ssd'),
    labels: { disk: 'x' },
    want: true,
  },
  { name: 'NotIn holds where the key is absent', of: requirement('disk', 'NotIn', 'hdd'), labels: {}, want: true },
  { name: 'Exists holds for any value', of: requirement('gpu', 'Exists'), labels: { gpu: '' }, want: true },
  { name: 'Exists fails where the key is absent', of: requirement('gpu', 'Exists'), labels: { GPU: '1' }, want: false },
  {
    name: 'DoesNotExist fails where the key is',
    of: requirement('gpu', 'DoesNotExist'),
    labels: { gpu: '' },
    want: false,
  },
  {
    name: 'DoesNotExist holds where the key is absent',
    of: requirement('gpu', 'DoesNotExist'),
    labels: {},
    want: true,
  },
  { name: 'Gt holds for a larger number', of: requirement('cpu', 'Gt', '8'), labels: { cpu: '16' }, want: true },
  { name: 'Gt compares numbers and not text', of: requirement('cpu', 'Gt', '16'), labels: { cpu: '8' }, want: false },
  { name: 'Gt fails for the same number', of: requirement('cpu', 'Gt', '8'), labels: { cpu: '8' }, want: false },
  { name: 'Gt fails where the key is absent', of: requirement('cpu', 'Gt', '0'), labels: {}, want: false },
  {
    name: 'Gt fails for a label that is no number',
    of: requirement('cpu', 'Gt', '0'),
    labels: { cpu: 'many' },
    want: false,
  },
  { name: 'Gt fails for a fraction', of: requirement('cpu', 'Gt', '0'), labels: { cpu: '1.5' }, want: false },
  {
    name: 'Gt reads a label with leading zeros',
    of: requirement('cpu', 'Gt', '007'),
    labels: { cpu: '08' },
    want: true,
  },
  {
    name: 'Gt tells apart what a floating point number cannot',
    of: requirement('cpu', 'Gt', '9007199254740992'),
    labels: { cpu: '9007199254740993' },
    want: true,
  },
  {
    name: 'Gt fails for a label beyond 64 bits',
    of: requirement('cpu', 'Gt', '1'),
    labels: { cpu: '9223372036854775808' },
    want: false,
  },
  { name: 'Lt holds for a smaller number', of: requirement('cpu', 'Lt', '16'), labels: { cpu: '8' }, want: true },
  { name: 'Lt holds for a negative label', of: requirement('cpu', 'Lt', '0'), labels: { cpu: '-1' }, want: true },
  { name: 'Lt fails for the same number', of: requirement('cpu', 'Lt', '8'), labels: { cpu: '8' }, want: false },
  { name: 'Lt fails where the key is absent', of: requirement('cpu', 'Lt', '8'), labels: {}, want: false },
  { name: 'a key that objects inherit is absent', of: requirement('constructor', 'Exists'), labels: {}, want: false },
  {
    name: 'a key that objects inherit may be a label',
    of: requirement('constructor', 'In', 'x'),
    labels: { constructor: 'x' },
    want: true,
  },
]

for (const { name, of, labels, want } of outcomes) {
  t.test(name, async t => t.equal(compileRequirement(of)?.matches(labels), want))
}

const refused = [
  { name: 'an operator that is not known', of: requirement('a', 'Near', 'x') },
  { name: 'an operator in other letters', of: requirement('a', 'in', 'x') },
  { name: 'no operator', of: requirement('a', '') },
  { name: 'an operator that is a name of an object', of: requirement('a', 'constructor', 'x') },
  { name: 'In without values', of: requirement('a', 'In') },
  { name: 'NotIn without values', of: requirement('a', 'NotIn') },
  { name: 'Exists with a value', of: requirement('a', 'Exists', 'x') },
  { name: 'DoesNotExist with a value', of: requirement('a', 'DoesNotExist', '') },
  { name: 'Gt without a value', of: requirement('a', 'Gt') },
  { name: 'Gt with two values', of: requirement('a', 'Gt', '1', '2') },
  { name: 'Gt of what is no integer', of: requirement('a', 'Gt', 'x') },
  { name: 'Lt of a fraction', of: requirement('a', 'Lt', '1.5') },
  { name: 'Lt of a negative number, which is no label value', of: requirement('a', 'Lt', '-1') },
  { name: 'Gt of a number with a plus sign, which is no label value', of: requirement('a', 'Gt', '+1') },
  { name: 'Gt of a number beyond 64 bits', of: requirement('a', 'Gt', '9223372036854775808') },
  { name: 'an invalid key', of: requirement('a b', 'Exists') },
  { name: 'an empty key', of: requirement('', 'Exists') },
  { name: 'an invalid value among valid ones', of: requirement('a', 'In', 'x', 'y z') },
  { name: 'a value of 64 characters', of: requirement('a', 'NotIn', 'x'.repeat(64)) },
]

for (const { name, of } of refused) {
  t.test(`${name} is an error`, async t => t.equal(compileRequirement(of), null))
}
