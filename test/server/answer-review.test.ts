import t from 'tap'
import type { ClusterView, PodFacts } from '../../src/admission/cluster-view.ts'
import type { Webhook } from '../../src/admission/outcome.ts'
import type { Answer } from '../../src/server/answer.ts'
import { type AnswerReviewOptions, createAnswerReview } from '../../src/server/answer-review.ts'
import { exemptionsOf, FOUR_NODES, viewOf } from '../support/cluster-view.ts'

const UID = '705ab4f5-6393-11e8-b7cc-42010a800002'

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: UID,
    kind: { group: '', version: 'v1', kind: 'Binding' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'binding',
    name: 'web-1',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
    object: {
      metadata: { name: 'web-1', namespace: 'default', uid: 'pod-uid' },
      target: { kind: 'Node', name: 'mixed' },
    },
    oldObject: null,
    dryRun: false,
  },
}

const bindingTo = (node: string): string =>
  JSON.stringify(REVIEW).replace('"name":"mixed"', JSON.stringify({ name: node }).slice(1, -1))

type Recorded = Parameters<AnswerReviewOptions['record']>

const create = (tweak: Partial<AnswerReviewOptions> = {}) => {
  const view = viewOf({ nodes: FOUR_NODES })
  const recorded: Recorded[] = []
  const failures: unknown[] = []
  const answer = createAnswerReview({
    view: () => view,
    loaded: () => true,
    readPod: () => Promise.reject(new Error('no pod is needed here')),
    record: (...record) => recorded.push(record),
    failed: error => failures.push(error),
    ...tweak,
  })
  const ask = (body: string, webhook: Webhook = 'bindings', timeoutMs = 10_000) =>
    answer(webhook, Buffer.from(body), timeoutMs)
  return { ask, recorded, failures }
}

const now = (answer: Answer | Promise<Answer>): Answer => {
  if (answer instanceof Promise) throw new Error('expected an answer at once')
  return answer
}

const responseOf = ({ body }: Answer) => JSON.parse(body).response

t.test('a binding to a node that is in order is allowed at once, and recorded', async t => {
  const { ask, recorded } = create()
  const answer = now(ask(bindingTo('ready')))
  t.strictSame([answer.statusCode, answer.contentType], [200, 'application/json'])
  t.strictSame(JSON.parse(answer.body), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: UID,
      allowed: true,
      auditAnnotations: { decision: 'allow', mode: 'enforce', state: 'Ready', node: 'ready', evidence: 'report' },
    },
  })
  t.equal(recorded.length, 1)
  const [webhook, uid, request, outcome, durationMs] = recorded[0] ?? []
  t.strictSame([webhook, uid, request?.name, outcome?.decision], ['bindings', UID, 'web-1', 'allow'])
  t.ok(durationMs !== undefined && durationMs >= 0 && durationMs < 1000)
})

t.test('a binding to a node in a mixed state is denied with the same uid', async t => {
  const { ask } = create()
  const { uid, allowed, status } = responseOf(now(ask(bindingTo('mixed'))))
  t.strictSame([uid, allowed, status.code, status.reason], [UID, false, 403, 'Forbidden'])
  t.equal(status.details.causes[0].reason, 'ConfiguredAfterLaunch')
})

const unanswerable = [
  { name: 'an empty body', body: '', code: 'SOCI_GUARD_BODY_NOT_JSON' },
  { name: 'a body that is not JSON', body: 'hello', code: 'SOCI_GUARD_BODY_NOT_JSON' },
  { name: 'a truncated review', body: bindingTo('ready').slice(0, -1), code: 'SOCI_GUARD_BODY_NOT_JSON' },
  { name: 'something that is no review', body: '{"kind":"Pod"}', code: 'SOCI_GUARD_NOT_A_REVIEW' },
  {
    name: 'a review without a request',
    body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}',
    code: 'SOCI_GUARD_NOT_A_REVIEW',
  },
  {
    name: 'a v1beta1 review',
    body: bindingTo('ready').replace('k8s.io/v1', 'k8s.io/v1beta1'),
    code: 'SOCI_GUARD_REVIEW_VERSION',
  },
  {
    name: 'a review without a uid',
    body: bindingTo('ready').replace('"uid":"705', '"Uid":"705'),
    code: 'SOCI_GUARD_REVIEW_INVALID',
  },
  { name: 'a body that nests too deep', body: '['.repeat(5000) + ']'.repeat(5000), code: 'SOCI_GUARD_BODY_TOO_DEEP' },
]

for (const { name, body, code } of unanswerable) {
  t.test(`${name} gets a 400 Status that says ${code}`, async t => {
    const { ask, recorded, failures } = create()
    const answer = now(ask(body))
    const status = JSON.parse(answer.body)
    t.strictSame([answer.statusCode, status.kind, status.code, status.reason], [400, 'Status', 400, 'BadRequest'])
    t.strictSame(status.details.causes, [{ reason: code, message: status.message }])
    t.strictSame([recorded, failures], [[], []])
  })
}

t.test('a review that can be answered but not judged gets the stance with its uid, and is recorded', async t => {
  const { ask, recorded } = create()
  const duplicated = bindingTo('mixed').replace('"target":', '"target":{"name":"ready"},"target":')
  const invalid = bindingTo('mixed').replace('"operation":"CREATE"', '"operation":"PATCH"')
  const codes = [duplicated, invalid].map(body => {
    const { uid, allowed, status } = responseOf(now(ask(body)))
    t.strictSame([uid, allowed, status.code], [UID, false, 400])
    t.match(status.message, /^fail closed: /)
    return status.details.causes[0].reason
  })
  t.strictSame(codes, ['SOCI_GUARD_DUPLICATE_KEY', 'SOCI_GUARD_REVIEW_INVALID'])
  t.strictSame(
    recorded.map(([, uid, request, outcome]) => [uid, request, outcome.reason]),
    codes.map(code => [UID, null, code]),
  )
})

t.test('before the inventory is loaded the API server is asked to come again', async t => {
  const { ask, recorded } = create({ loaded: () => false })
  const answer = now(ask(bindingTo('ready')))
  t.strictSame([answer.statusCode, answer.headers], [503, { 'retry-after': '1' }])
  t.equal(JSON.parse(answer.body).details.causes[0].reason, 'SOCI_GUARD_INVENTORY_NOT_LOADED')
  t.strictSame(recorded, [])
})

const exempting: ClusterView = viewOf({
  nodes: FOUR_NODES,
  configuration: {
    exemptions: exemptionsOf({ podSelector: { matchLabels: { exempt: 'true' }, matchExpressions: [] } }),
  },
})

const pod = (labels: Record<string, string>): PodFacts => ({
  uid: 'pod-uid',
  labels,
  annotations: {},
  runtimeClassName: '',
})

const lookups = [
  { name: 'the pod is exempt', readPod: async () => pod({ exempt: 'true' }), allowed: true },
  { name: 'the pod is not exempt', readPod: async () => pod({}), allowed: false },
  { name: 'there is no such pod', readPod: async () => undefined, allowed: false },
  { name: 'the pod cannot be read', readPod: () => Promise.reject(new Error('connection refused')), allowed: false },
]

for (const { name, readPod, allowed } of lookups) {
  t.test(`a binding whose pod decides is ${allowed ? 'allowed' : 'denied'} when ${name}`, async t => {
    const { ask, recorded } = create({ view: () => exempting, readPod })
    const response = responseOf(await ask(bindingTo('mixed')))
    t.strictSame([response.uid, response.allowed], [UID, allowed])
    t.equal(recorded.length, 1)
  })
}

t.test('a pod that does not come is not waited for beyond nine tenths of the timeout', async t => {
  const { ask } = create({ view: () => exempting, readPod: () => new Promise(() => {}) })
  const { allowed, status } = responseOf(await ask(bindingTo('mixed'), 'bindings', 100))
  t.equal(allowed, false)
  t.match(status.message, /there was no answer within \d\d ms, and the API server waits no longer/)
})

const BUG = new Error('boom')

const throwing = (): ClusterView => ({
  ...viewOf(),
  roster: {
    ...viewOf().roster,
    judge: () => {
      throw BUG
    },
  },
})

t.test('a bug in the decision is reported and answered by the stance with the uid', async t => {
  const { ask, recorded, failures } = create({ view: throwing })
  const { uid, allowed, status } = responseOf(now(ask(bindingTo('ready'))))
  t.strictSame([uid, allowed, status.code], [UID, false, 403])
  t.equal(status.details.causes[0].reason, 'SOCI_GUARD_INTERNAL')
  t.notMatch(status.message, /boom/)
  t.strictSame(failures, [BUG])
  t.equal(recorded[0]?.[3].reason, 'SOCI_GUARD_INTERNAL')
})

t.test('a bug after the pod was read is answered by the stance too', async t => {
  let calls = 0
  const { ask, failures } = create({
    view: () => {
      calls += 1
      return calls === 1 ? exempting : throwing()
    },
    readPod: async () => pod({}),
  })
  t.equal(responseOf(await ask(bindingTo('mixed'))).uid, UID)
  t.strictSame(failures, [BUG])
})

t.test('a bug in the stance itself is a 500 Status', async t => {
  const { ask, failures } = create({
    view: () => {
      throw BUG
    },
  })
  t.equal(now(ask(bindingTo('ready'))).statusCode, 500)
  t.strictSame(failures, [BUG, BUG])
})

t.test('a bug in the recorder does not change the answer', async t => {
  const { ask, failures } = create({
    record: () => {
      throw BUG
    },
  })
  t.equal(responseOf(now(ask(bindingTo('ready')))).allowed, true)
  t.strictSame(failures, [BUG])
})
