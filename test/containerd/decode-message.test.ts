import fc from 'fast-check'
import t from 'tap'
import { decodeMessage } from '../../src/containerd/decode-message.ts'
import { encodeMessage } from '../../src/containerd/encode-message.ts'
import { type MessageFields, TIMESTAMP } from '../../src/containerd/message-fields.ts'

const FIELDS: MessageFields = {
  1: ['name', 'string'],
  2: ['size', 'int64'],
  3: ['nanos', 'int32'],
  4: ['flag', 'bool'],
  5: ['kind', { enum: ['UNKNOWN', 'VIEW', 'ACTIVE', 'COMMITTED'] }],
  6: ['labels', { map: 'string' }],
  7: ['texts', { list: 'string' }],
  8: ['items', { list: { message: { 1: ['name', 'string'], 2: ['at', TIMESTAMP] } } }],
  200: ['far', 'string'],
}

const time = fc.option(
  fc.record(
    { seconds: fc.maxSafeInteger().map(String), nanos: fc.integer({ min: 0, max: 999_999_999 }) },
    { noNullPrototype: true },
  ),
)
const record = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    size: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    nanos: fc.integer(),
    flag: fc.boolean(),
    kind: fc.constantFrom('UNKNOWN', 'VIEW', 'ACTIVE', 'COMMITTED'),
    labels: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
    texts: fc.array(fc.string()),
    items: fc.array(fc.record({ name: fc.string(), at: time }, { noNullPrototype: true })),
    far: fc.string(),
  },
  { noNullPrototype: true },
)

t.test('what was encoded is what is decoded', async t => {
  fc.assert(
    fc.property(record, value => t.strictSame(decodeMessage(encodeMessage(value, FIELDS), FIELDS), value)),
    { numRuns: 200 },
  )
})

t.test('fields that nobody reads are skipped, and absent ones have the values of proto3', async t => {
  fc.assert(
    fc.property(record, value => {
      const found = decodeMessage(encodeMessage(value, FIELDS), { 9: ['other', 'string'], 200: ['far', 'string'] })
      t.strictSame(found, { other: '', far: value.far })
    }),
    { numRuns: 50 },
  )
  t.strictSame(decodeMessage(Buffer.alloc(0), FIELDS), {
    ...{ name: '', size: '0', nanos: 0, flag: false, kind: 'UNKNOWN', labels: {}, texts: [], items: [], far: '' },
  })
})

t.test('records and labels that are not wanted are left out', async t => {
  const bytes = encodeMessage(
    { items: [{ name: 'a' }, { name: 'b' }, { name: '' }], labels: { 'k/one': '1', 'other/two': '2', 'k/': '3' } },
    FIELDS,
  )
  const kept: MessageFields = { ...FIELDS, 6: ['labels', { map: 'string', keep: ['k/'] }] }
  const found = decodeMessage(bytes, kept, name => name !== 'a')
  t.strictSame(found.labels, { 'k/one': '1', 'k/': '3' })
  t.strictSame(found.items, [
    { name: 'b', at: null },
    { name: '', at: null },
  ])
})

t.test('an unknown member of an enum keeps its number', async t => {
  t.equal(decodeMessage(Buffer.from([5 << 3, 9]), FIELDS).kind, 9)
})

t.test('bytes that are no message are an error, and never an endless loop', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
      try {
        decodeMessage(Buffer.from(bytes), FIELDS)
      } catch (error) {
        t.ok(error instanceof RangeError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
  for (const bytes of [[0x0a], [0x0a, 5, 65], [0x10], [0x08, 1], [0x0b], [0x42, 3, 0x0a, 9, 65]]) {
    t.throws(() => decodeMessage(Buffer.from(bytes), FIELDS), RangeError, bytes.join(' '))
  }
})
