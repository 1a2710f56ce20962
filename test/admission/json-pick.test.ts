import t from 'tap'
import { pickFast, scanWanted } from '../../src/admission/json-pick-fast.ts'
import { pickSimple } from '../../src/admission/json-pick-simple.ts'
import { compileShape, type Shape } from '../../src/admission/json-shape.ts'
import { REVIEW_SHAPE } from '../../src/admission/review-shape.ts'

const pickers = [
  { picker: 'fast', pick: pickFast },
  { picker: 'simple', pick: pickSimple },
]

const review = (inside: string): string => `{"request":{"uid":"u-1",${inside}}}`

const notJson = (found: string) => ({
  ok: false,
  code: 'SOCI_GUARD_BODY_NOT_JSON',
  message: `the request body is not JSON: ${found}; expected an AdmissionReview as the API server sends it`,
  uid: null,
})

const duplicate = (path: string, uid: string | null = 'u-1') => ({
  ok: false,
  code: 'SOCI_GUARD_DUPLICATE_KEY',
  message: `the key ${path} occurs more than once in its object; which value the API server means cannot be told`,
  uid,
})

const tooDeep = (offset: number) => ({
  ok: false,
  code: 'SOCI_GUARD_BODY_TOO_DEEP',
  message: `the request body nests objects and arrays deeper than 1000 levels at byte ${offset}; the API server's own types need fewer than 40`,
  uid: null,
})

const refusals: { name: string; body: string | Buffer; want: object }[] = [
  { name: 'an empty body', body: '', want: notJson('it is empty') },
  {
    name: 'only white space',
    body: ' \n',
    want: notJson('it ends at byte 2 in the middle of a value, as if it had been cut off'),
  },
  {
    name: 'a body cut off in a string',
    body: '{"request":{"uid":"u-',
    want: notJson('it ends at byte 21 in the middle of a value, as if it had been cut off'),
  },
  {
    name: 'a body cut off behind a closing brace',
    body: '{"request":{"kind":{}',
    want: notJson('it ends at byte 21 in the middle of a value, as if it had been cut off'),
  },
  { name: 'a byte order mark', body: '\ufeff{}', want: notJson('unexpected byte 0xef at byte 0') },
  { name: 'a single quote', body: "{'a':1}", want: notJson('unexpected byte 0x27 at byte 1') },
  { name: 'a trailing comma in an object', body: '{"a":1,}', want: notJson('unexpected byte 0x7d at byte 7') },
  { name: 'a trailing comma in an array', body: '{"a":[1,]}', want: notJson('unexpected byte 0x5d at byte 8') },
  { name: 'a missing comma', body: '{"a":[1 2]}', want: notJson('unexpected byte 0x32 at byte 8') },
  { name: 'a missing colon', body: '{"a" 1}', want: notJson('unexpected byte 0x31 at byte 5') },
  { name: 'a missing value', body: '{"a":}', want: notJson('unexpected byte 0x7d at byte 5') },
  { name: 'the wrong closer', body: '{"a":[1}}', want: notJson('unexpected byte 0x7d at byte 7') },
  { name: 'one closer too many', body: '{"a":1}}', want: notJson('unexpected byte 0x7d at byte 7') },
  { name: 'two documents', body: '{} {}', want: notJson('unexpected byte 0x7b at byte 3') },
  { name: 'a leading zero', body: '{"a":01}', want: notJson('unexpected byte 0x31 at byte 6') },
  { name: 'a number without its fraction', body: '{"a":1.}', want: notJson('unexpected byte 0x7d at byte 7') },
  { name: 'a line feed in a string', body: '{"é":"a\nb"}', want: notJson('unexpected byte 0x0a at byte 8') },
  { name: 'an unknown escape', body: '{"a":"\\x41"}', want: notJson('unexpected byte 0x78 at byte 7') },
  {
    name: 'a letter that is no hexadecimal digit',
    body: '{"a":"\\u00g0"}',
    want: notJson('unexpected byte 0x67 at byte 10'),
  },
  { name: 'the last control character', body: '{"a":"1234\x1f678"}', want: notJson('unexpected byte 0x1f at byte 10') },
  {
    name: 'a control character in a wanted string',
    body: '{"kind":"1234\x1f678"}',
    want: notJson('unexpected byte 0x1f at byte 13'),
  },
  {
    name: 'a control character next to the end',
    body: '{"kind":"\x1f"}',
    want: notJson('unexpected byte 0x1f at byte 9'),
  },
  { name: 'half of a \\u escape', body: '{"a":"\\u00"}', want: notJson('unexpected byte 0x22 at byte 10') },
  { name: 'a misspelt literal', body: '{"a":nul}', want: notJson('unexpected byte 0x7d at byte 8') },
  { name: 'a no-break space', body: '{"a":\u00a01}', want: notJson('unexpected byte 0xc2 at byte 5') },
  { name: 'a NUL behind the document', body: '{}\0', want: notJson('unexpected byte 0x00 at byte 2') },
  { name: 'a key twice in an entered object', body: review('"name":"a","name":"a"'), want: duplicate('request.name') },
  { name: 'a key twice, once escaped', body: review('"n\\u0061me":"a","name":"b"'), want: duplicate('request.name') },
  {
    name: 'a label twice',
    body: review('"object":{"metadata":{"labels":{"app.io/a":"1","b":"2","app.io/a":"1"}}}'),
    want: duplicate('request.object.metadata.labels["app.io/a"]'),
  },
  {
    name: 'a key twice in an element',
    body: review('"object":{"spec":{"containers":[{"image":"a"},{"image":"a","image":"b"}]}}'),
    want: duplicate('request.object.spec.containers[1].image'),
  },
  {
    name: 'a key twice deep in a whole value',
    body: review('"object":{"spec":{"tolerations":[{"x":[{"y":1,"y":1}]}]}}'),
    want: duplicate('request.object.spec.tolerations[0].x[0].y'),
  },
  {
    name: 'a key twice in a value of the wrong type',
    body: review('"object":{"metadata":[{"other":1,"other":2}]}'),
    want: duplicate('request.object.metadata[0].other'),
  },
  {
    name: '__proto__ twice',
    body: review('"object":{"metadata":{"labels":{"__proto__":"1","__proto__":"2"}}}'),
    want: duplicate('request.object.metadata.labels.__proto__'),
  },
  {
    name: 'two uids, of which neither is trusted',
    body: '{"request":{"uid":"a","uid":"a"}}',
    want: duplicate('request.uid', null),
  },
  {
    name: 'two requests, whose uids are not trusted',
    body: '{"request":{"uid":"a"},"request":{"uid":"a"}}',
    want: duplicate('request', null),
  },
  {
    name: 'a uid twice behind another key twice',
    body: '{"kind":1,"kind":1,"request":{"uid":"a","uid":"a"}}',
    want: duplicate('kind', null),
  },
  {
    name: 'a key twice in a review without a uid',
    body: '{"request":{"name":"","name":""}}',
    want: duplicate('request.name', null),
  },
  {
    name: 'a very long key twice',
    body: review(`"object":{"metadata":{"labels":{"${'k'.repeat(90)}":1,"${'k'.repeat(90)}":1}}}`),
    want: duplicate(`request.object.metadata.labels["${'k'.repeat(79)}…"]`),
  },
  { name: '1,001 arrays', body: `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, want: tooDeep(1004) },
  {
    name: '1,001 objects in a wanted place',
    body: `{"request":${'{"uid":'.repeat(1000)}1${'}'.repeat(1001)}`,
    want: tooDeep(11 + 7 * 999),
  },
  { name: 'too deep and cut off', body: '['.repeat(5000), want: tooDeep(1000) },
]

for (const { picker, pick } of pickers) {
  t.test(`the ${picker} picker refuses`, async t => {
    for (const { name, body, want } of refusals) t.same(pick(Buffer.from(body), REVIEW_SHAPE), want, name)
  })
}

const accepted: { name: string; shape: Shape; body: string; want: unknown }[] = [
  {
    name: 'nothing but what is wanted',
    shape: { a: true, b: { c: true } },
    body: '{"x":1,"a":[1,{"x":2}],"b":{"c":3,"x":4}}',
    want: { a: [1, { x: 2 }], b: { c: 3 } },
  },
  {
    name: 'the wanted parts of every element',
    shape: { a: [{ b: true }] },
    body: '{"a":[{"b":1,"x":1},{},7,{"b":null}]}',
    want: { a: [{ b: 1 }, {}, 7, { b: null }] },
  },
  {
    name: 'a value of the wrong type whole',
    shape: { a: { b: true }, c: [{ d: true }], e: { f: true } },
    body: '{"a":[{"x":1}],"c":{"x":2},"e":"x"}',
    want: { a: [{ x: 1 }], c: { x: 2 }, e: 'x' },
  },
  {
    name: 'a document that is not an object whole',
    shape: { a: true },
    body: ' [1, {"x": "y"}] ',
    want: [1, { x: 'y' }],
  },
  {
    name: 'keys twice where nobody looks',
    shape: { a: { b: true } },
    body: '{"x":1,"x":2,"a":{"y":{"b":1,"b":2},"y":0,"b":3}}',
    want: { a: { b: 3 } },
  },
  {
    name: 'the same key in different objects',
    shape: true,
    body: '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
    want: { a: { a: 1 }, b: [{ a: 1 }, { a: 1 }] },
  },
  {
    name: 'keys by their decoded names',
    shape: { é: true, '': true, 'q"': true },
    body: '{"\\u00e9":1,"":2,"q\\u0022":3}',
    want: { é: 1, '': 2, 'q"': 3 },
  },
  {
    name: 'keys of one length and alike at both ends',
    shape: { abcd: true, acbd: true },
    body: '{"acbd":1,"abbd":2,"abcd":3}',
    want: { acbd: 1, abcd: 3 },
  },
  {
    name: 'white space everywhere',
    shape: { a: [true] },
    body: ' \r\n\t{ "a" : [ 1 , 2 ] , "x" : { } } \n',
    want: { a: [1, 2] },
  },
  {
    name: 'numbers as JSON.parse reads them',
    shape: true,
    body: '{"a":[-0,1e999,-1.5E-3,12345678901234567890,1e-400,0.1]}',
    want: { a: [-0, Infinity, -0.0015, 12345678901234567000, 0, 0.1] },
  },
  {
    name: 'escapes and surrogates',
    shape: true,
    body: '{"a":"\\ud83d\\ude00\\ud800\\/\\b\\f\\n\\r\\t\\"\\\\é"}',
    want: { a: '\u{1f600}\ud800/\b\f\n\r\t"\\é' },
  },
  { name: '1,000 levels', shape: {}, body: `{"a":${'['.repeat(999)}${']'.repeat(999)}}`, want: {} },
]

t.test('the scanner needs no help with any object', async t => {
  for (const { name, shape, body, want } of accepted.filter(({ body }) => body.trim().startsWith('{'))) {
    t.strictSame(scanWanted(Buffer.from(body), compileShape(shape)), { ok: true, value: want }, name)
  }
})

for (const { picker, pick } of pickers) {
  t.test(`the ${picker} picker keeps`, async t => {
    for (const { name, shape, body, want } of accepted) {
      t.strictSame(pick(Buffer.from(body), compileShape(shape)), { ok: true, value: want }, name)
    }
  })

  t.test(`the ${picker} picker makes __proto__ a member like any other`, async t => {
    const picked = pick(Buffer.from('{"a":{"__proto__":{"polluted":true},"constructor":1}}'), compileShape({ a: true }))
    const a =
      picked.ok && typeof picked.value === 'object' && picked.value !== null && 'a' in picked.value
        ? picked.value.a
        : undefined
    t.strictSame(Object.entries(a ?? {}), [
      ['__proto__', { polluted: true }],
      ['constructor', 1],
    ])
    t.equal(Object.getPrototypeOf(a), Object.prototype)
    t.notOk('polluted' in Object(a))
  })

  t.test(`the ${picker} picker reads bytes that are not UTF-8 as U+FFFD`, async t => {
    const body = Buffer.from('{"a":"x\xffy","b":"\xe2\x82","c":"\xff"}', 'latin1')
    t.strictSame(pick(body, compileShape(true)), { ok: true, value: { a: 'x\ufffdy', b: '\ufffd', c: '\ufffd' } })
  })
}

t.test('a shape of more than 32 keys in one object is a mistake', async t => {
  const keys = Array.from({ length: 33 }, (_, index) => [`key${index}`, true] as const)
  t.throws(() => compileShape(Object.fromEntries(keys)), new RangeError('a shape holds at most 32 keys per object'))
  const shape = compileShape(Object.fromEntries(keys.slice(0, 32)))
  const body = JSON.stringify(Object.fromEntries(keys.slice(0, 32)))
  t.strictSame(pickFast(Buffer.from(body), shape), { ok: true, value: JSON.parse(body) })
  t.match(pickFast(Buffer.from(`${body.slice(0, -1)},"key31":0}`), shape), {
    ok: false,
    code: 'SOCI_GUARD_DUPLICATE_KEY',
  })
})
