import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { pickFast, scanWanted } from '../../src/admission/json-pick-fast.ts'
import { pickSimple } from '../../src/admission/json-pick-simple.ts'
import { REVIEW_SHAPE } from '../../src/admission/review-shape.ts'
import { hasDuplicates, trees, writeTree } from './json-documents.ts'
import { mutatedBodies } from './json-mutations.ts'

const folder = new URL('../fixtures/reviews/', import.meta.url)
const names = readdirSync(folder).filter(name => name.endsWith('.json'))
const reviews = new Map(names.map(name => [name, readFileSync(new URL(name, folder))]))

const parses = (body: Buffer): boolean => {
  try {
    JSON.parse(body.toString('utf8'))
    return true
  } catch {
    // What JSON.parse throws does not matter here: only whether it does.
    return false
  }
}

/** Both pickers agree on the body, and with JSON.parse on what is JSON. */
const assertAgreement = (body: Buffer): void => {
  const simple = pickSimple(body, REVIEW_SHAPE)
  const scanned = scanWanted(body, REVIEW_SHAPE)
  assert.deepStrictEqual(pickFast(body, REVIEW_SHAPE), simple)
  // The scanner itself, without its fallback, must accept every object that the simple one accepts, and no other.
  const isObject = /^[ \n\r\t]*\{/.test(body.toString('latin1'))
  assert.deepStrictEqual(scanned, simple.ok && isObject ? simple : undefined)
  if (simple.ok) assert.ok(parses(body))
  else if (simple.code === 'SOCI_GUARD_BODY_NOT_JSON') assert.ok(!parses(body))
  else if (simple.code === 'SOCI_GUARD_DUPLICATE_KEY') assert.ok(parses(body))
}

t.test('every real review is picked alike and whole', async t => {
  t.ok(reviews.size > 80, 'the reviews are there')
  for (const [name, body] of reviews) {
    const picked = pickFast(body, REVIEW_SHAPE)
    t.match(picked, { ok: true, value: { request: { uid: String } } }, name)
    assertAgreement(body)
  }
})

t.test('mutated real reviews are picked alike', async () => {
  const bodies = [...reviews.values()].map(body => body.toString('latin1'))
  fc.assert(fc.property(mutatedBodies(bodies), assertAgreement), { numRuns: 1500 })
})

t.test('every truncation of a real review is refused alike', async () => {
  const body = reviews.get('binding-dryrun--bindings-CREATE-pods.binding.json') ?? Buffer.alloc(0)
  for (let length = 0; length < body.lastIndexOf('}'); length++) {
    assertAgreement(body.subarray(0, length))
    assert.equal(pickFast(body.subarray(0, length), REVIEW_SHAPE).ok, false)
  }
})

t.test(
  'random documents are picked alike, and refused exactly when a key on or under a wanted path is there twice',
  async () => {
    const property = fc.property(trees, fc.infiniteStream(fc.nat()), (tree, numbers) => {
      const text = writeTree(tree, n => (numbers.next().value ?? 0) % n)
      const body = Buffer.from(text, 'utf8')
      assertAgreement(body)
      const picked = pickSimple(body, REVIEW_SHAPE)
      assert.equal(picked.ok ? '' : picked.code, hasDuplicates(tree, REVIEW_SHAPE) ? 'SOCI_GUARD_DUPLICATE_KEY' : '')
    })
    fc.assert(property, { numRuns: 3000 })
  },
)

t.test('random bytes and random texts of structure are picked alike', async () => {
  const structure = fc.string({
    unit: fc.constantFrom(...'{}[]:,"\\ 0-1.eut\n', '"a"', '"request":', 'null'),
    maxLength: 30,
  })
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
    structure.map(text => Buffer.from(text)),
  )
  fc.assert(fc.property(bodies, assertAgreement), { numRuns: 3000 })
  fc.assert(
    fc.property(
      structure.map(text => Buffer.from(`{${text}}`)),
      assertAgreement,
    ),
    { numRuns: 3000 },
  )
})

t.test('a body that lies anywhere in a larger buffer is picked alike', async t => {
  const [body = Buffer.alloc(0)] = reviews.values()
  for (let offset = 0; offset < 9; offset++) {
    const larger = Buffer.concat([Buffer.alloc(offset, '"'), body, Buffer.from('}"}')])
    const inside = larger.subarray(offset, offset + body.length)
    t.same(scanWanted(inside, REVIEW_SHAPE), pickSimple(body, REVIEW_SHAPE))
  }
})

t.test('a body too large for one text is picked alike', async t => {
  const review = JSON.parse((reviews.get('deployment--advisory-CREATE-pods.json') ?? Buffer.alloc(0)).toString())
  review.request.object.metadata.annotations = { long: 'ü'.repeat(40_000) }
  review.request.object.metadata.labels.long = 'x'.repeat(70_000)
  const body = Buffer.from(JSON.stringify(review))
  assertAgreement(body)
  t.match(scanWanted(body, REVIEW_SHAPE), {
    value: { request: { object: { metadata: { labels: { long: 'x'.repeat(70_000) } } } } },
  })
})
