import fc from 'fast-check'
import t from 'tap'
import { plainText, toldText } from '../../src/policy/plain-text.ts'
import { countOf, shortList } from '../../src/policy/short-list.ts'

t.test('any text becomes one well-formed line of at most the length', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (text, maxLength) => {
      const line = plainText(text, maxLength)
      return line.length <= maxLength && line.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)
    }),
  )
  t.pass('for random texts')
})

t.test('printable text is kept, an identity that is not told says so', async t => {
  t.equal(plainText('registry.k8s.io/pause:3.10'), 'registry.k8s.io/pause:3.10')
  t.equal(toldText(''), '(not told)')
  t.equal(toldText('a\u0000b'), 'a b')
})

t.test('a list shows three items and how many more there are', async t => {
  t.equal(shortList(['a']), 'a')
  t.equal(shortList(['a', 'b', 'c']), 'a, b, c')
  t.equal(shortList(['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more')
})

t.test('a count has its plural, and ten of a report mean ten or more', async t => {
  t.equal(countOf(1, 'image'), '1 image')
  t.equal(countOf(9, 'image'), '9 images')
  t.equal(countOf(10, 'image'), 'at least 10 images')
  t.equal(countOf(12, 'container', 0), '12 containers')
  t.equal(countOf(7, 'container', 10), 'at least 7 containers')
})
