import t from 'tap'
import { type ApiFailure, type AskedFor, apiFailureOf } from '../../src/agent/api-failure.ts'
import { GuardError } from '../../src/errors.ts'
import { ApiError } from '../../src/inventory/cluster/api-error.ts'

const answer = (statusCode: number, message: string, retryAfterMs: number | null = null): ApiError =>
  new ApiError('SOCI_GUARD_API_UNEXPECTED', message, { statusCode, retryAfterMs })

const POLICY = "denied request: ValidatingAdmissionPolicy 'soci-guard-agent-own-node' …"

const cases: readonly {
  readonly name: string
  readonly asked?: AskedFor
  readonly error: unknown
  readonly want: Partial<ApiFailure>
}[] = [
  { name: 'a conflict', error: answer(409, 'changed'), want: { kind: 'conflict' } },
  { name: 'a right that is missing', error: answer(403, 'cannot patch'), want: { kind: 'forbidden' } },
  { name: 'credentials that are not accepted', error: answer(401, 'Unauthorized'), want: { kind: 'forbidden' } },
  { name: 'the policy', error: answer(403, POLICY), want: { kind: 'denied' } },
  { name: 'the policy with its default reason', error: answer(422, POLICY), want: { kind: 'denied' } },
  { name: 'a rule of the definition', error: answer(422, 'spec.mixed: must stay'), want: { kind: 'invalid' } },
  { name: 'no definition', error: answer(404, 'page not found'), want: { kind: 'notServed' } },
  { name: 'no Node', asked: 'node', error: answer(404, 'not found'), want: { kind: 'nodeMissing' } },
  { name: 'too many requests', error: answer(429, 'slow down', 3000), want: { kind: 'throttled', retryAfterMs: 3000 } },
  { name: 'an error of the server', error: answer(500, 'etcd'), want: { kind: 'unavailable', retryAfterMs: null } },
  {
    name: 'a server that is busy',
    error: answer(503, 'busy', 1000),
    want: { kind: 'unavailable', retryAfterMs: 1000 },
  },
  { name: 'any other answer', error: answer(415, 'what?'), want: { kind: 'unexpected' } },
  {
    name: 'no answer',
    error: new GuardError('SOCI_GUARD_API_UNREACHABLE', 'ECONNREFUSED'),
    want: { kind: 'unavailable', message: 'the API server does not answer: ECONNREFUSED' },
  },
  {
    name: 'an answer that is no report',
    asked: 'own report',
    error: new GuardError('SOCI_GUARD_API_UNEXPECTED', 'not JSON'),
    want: { kind: 'unexpected' },
  },
  {
    name: 'several lines',
    error: new Error('one\n  two'),
    want: { message: 'the API server does not answer: one two' },
  },
]

for (const { name, asked = 'publication', error, want } of cases) {
  t.test(`${name} is ${want.kind ?? 'one line'}`, async t => {
    const failure = apiFailureOf(asked, error)
    t.match(failure, want)
    t.notMatch(failure.message, /\n/)
  })
}
