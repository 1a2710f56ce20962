import t from 'tap'
import { postBytes } from '../support/raw-tls-client.ts'
import { startServer } from '../support/review-server.ts'

const BODY = '{"kind":"AdmissionReview"}'

const status = (code: number, reason: string, message: string, cause?: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(cause === undefined ? {} : { details: { causes: [{ reason: cause, message }] } }),
  code,
})

const answered = (webhook: string, timeoutMs: number): object => ({ webhook, bytes: BODY.length, timeoutMs })

const head = (line: string): string => `${line}\r\nhost: localhost\r\n\r\n`

const CONTENT_TYPE = 'SOCI_GUARD_CONTENT_TYPE'
const NO_SUCH_PATH = status(
  404,
  'NotFound',
  'no such path; the paths are /validate/bindings, /validate/pods and /validate/advisory',
)

const requests = [
  {
    name: 'a binding is answered',
    bytes: postBytes('/validate/bindings?timeout=10s', BODY),
    code: 200,
    want: answered('bindings', 10_000),
  },
  {
    name: 'a pod is answered',
    bytes: postBytes('/validate/pods?timeout=3s', BODY),
    code: 200,
    want: answered('pods', 3000),
  },
  {
    name: 'an advisory review is answered',
    bytes: postBytes('/validate/advisory', BODY),
    code: 200,
    want: answered('advisory', 10_000),
  },
  {
    name: 'other query parameters are ignored',
    bytes: postBytes('/validate/pods?x=1&timeout=2s', BODY),
    code: 200,
    want: answered('pods', 2000),
  },
  {
    name: 'a charset of UTF-8 is accepted',
    bytes: postBytes('/validate/pods', BODY, { 'content-type': 'application/json; charset=utf-8' }),
    code: 200,
    want: answered('pods', 10_000),
  },
  {
    name: 'a body of unknown length is answered',
    bytes: `POST /validate/pods HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1a\r\n${BODY}\r\n0\r\n\r\n`,
    code: 200,
    want: answered('pods', 10_000),
  },
  {
    name: 'an empty body reaches the decision',
    bytes: postBytes('/validate/pods', ''),
    code: 200,
    want: { webhook: 'pods', bytes: 0, timeoutMs: 10_000 },
  },
  {
    name: 'an absent body reaches the decision',
    bytes: head('POST /validate/pods HTTP/1.1\r\ncontent-type: application/json'),
    code: 200,
    want: { webhook: 'pods', bytes: 0, timeoutMs: 10_000 },
  },
  { name: 'another path is not found', bytes: postBytes('/validate/nodes', BODY), code: 404, want: NO_SUCH_PATH },
  {
    name: 'a path with a slash too many is not found',
    bytes: postBytes('/validate/pods/', BODY),
    code: 404,
    want: NO_SUCH_PATH,
  },
  {
    name: 'a path in another case is not found',
    bytes: postBytes('/Validate/pods', BODY),
    code: 404,
    want: NO_SUCH_PATH,
  },
  {
    name: 'a path that cannot be decoded is not found',
    bytes: postBytes('/validate/%zz', BODY),
    code: 404,
    want: NO_SUCH_PATH,
  },
  {
    name: 'GET of a review path is not allowed',
    bytes: head('GET /validate/pods HTTP/1.1'),
    code: 405,
    want: status(405, 'MethodNotAllowed', 'method: expected POST of an AdmissionReview, found GET'),
  },
  {
    name: 'an exotic method is not allowed',
    bytes: head('PROPFIND /validate/pods HTTP/1.1'),
    code: 405,
    want: status(405, 'MethodNotAllowed', 'method: expected POST of an AdmissionReview, found PROPFIND'),
  },
  {
    name: 'another content type is refused',
    bytes: postBytes('/validate/pods', BODY, { 'content-type': 'application/vnd.kubernetes.protobuf' }),
    code: 415,
    want: status(
      415,
      'UnsupportedMediaType',
      'content-type: expected application/json, found "application/vnd.kubernetes.protobuf"',
      CONTENT_TYPE,
    ),
  },
  {
    name: 'a content type that is none is refused',
    bytes: postBytes('/validate/pods', BODY, { 'content-type': '/' }),
    code: 415,
    want: status(415, 'UnsupportedMediaType', 'content-type: expected application/json, found "/"', CONTENT_TYPE),
  },
  {
    name: 'an absent content type is refused',
    bytes: postBytes('/validate/pods', BODY, { 'content-type': '' }),
    code: 415,
    want: status(415, 'UnsupportedMediaType', 'content-type: expected application/json, found none', CONTENT_TYPE),
  },
  {
    name: 'a compressed body is refused',
    bytes: postBytes('/validate/pods', BODY, { 'content-encoding': 'gzip' }),
    code: 415,
    want: status(415, 'UnsupportedMediaType', 'content-encoding: expected none, found "gzip"', CONTENT_TYPE),
  },
  {
    name: 'a timeout that is no duration is refused',
    bytes: postBytes('/validate/pods?timeout=soon', BODY),
    code: 400,
    want: status(400, 'BadRequest', 'timeout: expected a Go duration of more than 0, such as 10s, found "soon"'),
  },
]

for (const { name, bytes, code, want } of requests) {
  t.test(`${name}, the same by both transports to the byte`, async t => {
    const fast = await (await startServer(t)).connect()
    const simple = await (await startServer(t, { transport: 'fastify' })).connect()
    fast.write(bytes)
    simple.write(bytes)
    const answer = await fast.answer()
    t.equal(answer.statusCode, code)
    t.strictSame(JSON.parse(answer.body), want)
    t.equal(answer.headers['content-type'], 'application/json')
    t.equal(answer.headers.allow, code === 405 ? 'POST' : undefined)
    t.strictSame(await simple.answer(), answer)
    // Whatever was refused, the connection goes on.
    fast.write(postBytes('/validate/pods', BODY))
    t.equal((await fast.answer()).statusCode, 200)
  })
}

t.test('a bug behind the answer is a 500 Status, reported, and the same by both transports', async t => {
  const bug = new Error('boom')
  const answers = [
    () => {
      throw bug
    },
    () => Promise.reject(bug),
  ]
  for (const answer of answers) {
    const seen = []
    for (const transport of ['fast', 'fastify'] as const) {
      const started = await startServer(t, { answer, transport })
      const client = await started.connect()
      client.write(postBytes('/validate/pods', BODY))
      seen.push(await client.answer())
      t.strictSame(started.failures, [bug])
      t.equal(started.server.inFlight(), 0)
    }
    const want = status(500, 'InternalError', 'soci-guard failed to answer; its log says why', 'SOCI_GUARD_INTERNAL')
    t.strictSame(JSON.parse(seen[0]?.body ?? ''), want)
    t.strictSame(seen[0], seen[1])
  }
})

t.test('the body under review reaches the decision as the bytes that were sent, in however many pieces', async t => {
  const body = Buffer.from(
    '{"__proto__":{"a":true},"hostNetwork":true,"n":1e400,"lone":"\\ud800","broken":"\xff"}',
    'latin1',
  )
  for (const transport of ['fast', 'fastify'] as const) {
    const bodies: Buffer[] = []
    const { connect } = await startServer(t, {
      transport,
      answer: (_webhook, received) => {
        bodies.push(received)
        return { statusCode: 200, contentType: 'application/json', body: '{}' }
      },
    })
    const client = await connect()
    const bytes = postBytes('/validate/pods', body)
    for (const piece of [bytes.subarray(0, -40), bytes.subarray(-40, -7), bytes.subarray(-7)]) {
      await new Promise(resolve => client.socket.write(piece, resolve))
      await new Promise(resolve => setImmediate(resolve))
    }
    await client.answer()
    t.strictSame(bodies, [body])
  }
})

t.test('text outside ASCII is counted in bytes', async t => {
  for (const transport of ['fast', 'fastify'] as const) {
    const { connect } = await startServer(t, {
      transport,
      answer: () => ({ statusCode: 200, contentType: 'application/json', body: '{"message":"Knoten „ä“ 🚫"}' }),
    })
    const client = await connect()
    client.write(postBytes('/validate/pods', BODY))
    t.equal((await client.answer()).body, '{"message":"Knoten „ä“ 🚫"}')
  }
})
