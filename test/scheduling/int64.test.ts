import t from 'tap'
import { parseDecimalInt64, parseInt64 } from '../../src/scheduling/int64.ts'

const cases: { name: string; text: string; parsed: number | bigint | null; decimal: number | bigint | null }[] = [
  { name: 'zero', text: '0', parsed: 0, decimal: 0 },
  { name: 'a positive number', text: '42', parsed: 42, decimal: 42 },
  { name: 'a negative number', text: '-42', parsed: -42, decimal: -42 },
  { name: 'a plus sign', text: '+42', parsed: 42, decimal: null },
  { name: 'a leading zero', text: '007', parsed: 7, decimal: null },
  { name: 'a negative number with a leading zero', text: '-07', parsed: -7, decimal: null },
  { name: 'two zeros', text: '00', parsed: 0, decimal: null },
  {
    name: 'the largest int64',
    text: '9223372036854775807',
    parsed: 9223372036854775807n,
    decimal: 9223372036854775807n,
  },
  { name: 'one more than the largest', text: '9223372036854775808', parsed: null, decimal: null },
  { name: 'the smallest int64', text: '-9223372036854775808', parsed: -(2n ** 63n), decimal: -(2n ** 63n) },
  { name: 'one less than the smallest', text: '-9223372036854775809', parsed: null, decimal: null },
  { name: 'a long number with a plus sign', text: '+1234567890123456789', parsed: 1234567890123456789n, decimal: null },
  { name: 'many leading zeros', text: '0000000000000000000000000012', parsed: 12n, decimal: null },
  { name: 'nothing', text: '', parsed: null, decimal: null },
  { name: 'a lone sign', text: '-', parsed: null, decimal: null },
  { name: 'two signs', text: '--1', parsed: null, decimal: null },
  { name: 'a fraction', text: '1.5', parsed: null, decimal: null },
  { name: 'an exponent', text: '1e3', parsed: null, decimal: null },
  { name: 'hexadecimal', text: '0x10', parsed: null, decimal: null },
  { name: 'an underscore', text: '1_000', parsed: null, decimal: null },
  { name: 'a space before', text: ' 1', parsed: null, decimal: null },
  { name: 'a line break after', text: '1\n', parsed: null, decimal: null },
  { name: 'digits of another script', text: '１２', parsed: null, decimal: null },
]

for (const { name, text, parsed, decimal } of cases) {
  t.test(`${name}: ${JSON.stringify(text)}`, async t => {
    t.equal(parseInt64(text), parsed, 'as an integer')
    t.equal(parseDecimalInt64(text), decimal, 'as a canonical decimal')
  })
}

t.test('minus zero is an integer like any other, but not a canonical one', async t => {
  t.ok(parseInt64('-0') === 0)
  t.equal(parseDecimalInt64('-0'), null)
})
