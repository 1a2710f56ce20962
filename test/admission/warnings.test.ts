import fc from 'fast-check'
import t from 'tap'
import { boundedWarnings, nodesWarning } from '../../src/admission/warnings.ts'

const CONTROL = /\p{Cc}/u

t.test('up to eight warnings are all shown', async t => {
  const warnings = Array.from({ length: 8 }, (_, at) => `warning ${at}`)
  t.strictSame(boundedWarnings(warnings), warnings)
  t.strictSame(boundedWarnings([]), [])
})

t.test('of more, the last one says how many are left out', async t => {
  const warnings = Array.from({ length: 11 }, (_, at) => `warning ${at}`)
  t.strictSame(boundedWarnings(warnings), [...warnings.slice(0, 7), 'and 4 more warnings that are not shown'])
})

t.test('a long one is cut, and control characters are replaced', async t => {
  t.strictSame(boundedWarnings(['x'.repeat(121), 'a\u0007b\nc']), [`${'x'.repeat(119)}…`, 'a b c'])
})

t.test('whatever goes in, the API server takes what comes out', async t => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 12 }), texts => {
      const warnings = boundedWarnings(texts)
      return (
        warnings.length <= 8 &&
        warnings.every(warning => warning.length <= 120 && !CONTROL.test(warning) && warning.isWellFormed())
      )
    }),
  )
  t.pass('at most 8 of at most 120 characters, none a control character')
})

t.test('as many nodes are named as fit beside the remedy', async t => {
  const names = ['a', 'b', 'c', 'd', 'e'].map(letter => `ip-10-0-0-${letter}.eu-west-1.compute.internal`)
  const rows = [
    { names: ['n1'], count: 1, want: 'Mixed (X): n1: replace the node' },
    { names: ['n1', 'n2'], count: 2, want: 'Mixed (X): n1, n2: replace the node' },
    { names: ['n1', 'n2'], count: 5, want: 'Mixed (X): n1, n2 and 3 more: replace the node' },
    { names, count: 5, want: `Mixed (X): ${names.slice(0, 2).join(', ')} and 3 more: replace the node` },
    { names: ['n'.repeat(200)], count: 3, want: `Mixed (X): ${'n'.repeat(79)}… and 2 more: replace the node` },
  ]
  for (const { names, count, want } of rows) {
    t.equal(nodesWarning('Mixed (X)', names, count, 'replace the node'), want)
    t.ok(want.length <= 120, `${want.length} characters`)
  }
  t.equal(nodesWarning('Mixed (X)', ['n1'], 1, ''), 'Mixed (X): n1')
})
