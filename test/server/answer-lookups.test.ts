import t from 'tap'
import type { ClusterView } from '../../src/admission/cluster-view.ts'
import { GuardError } from '../../src/errors.ts'
import { type AnswerReviewOptions, createAnswerReview } from '../../src/server/answer-review.ts'
import { lookUpNode } from '../../src/server/node-lookup.ts'
import { kataReportOf, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'

const review = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Binding' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'binding',
    name: 'web-1',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'system:kube-scheduler', groups: [] },
    object: { metadata: { name: 'web-1', uid: 'pod-uid' }, target: { kind: 'Node', name: 'new' } },
  },
})

const ask = async (view: ClusterView, tweak: Partial<AnswerReviewOptions>) => {
  const failures: unknown[] = []
  const answer = createAnswerReview({
    view: () => ({ ...view, asksForNodes: true }),
    loaded: () => true,
    readPod: () => Promise.reject(new Error('no pod is needed here')),
    record: () => {},
    failed: error => failures.push(error),
    ...tweak,
  })
  const { statusCode, body } = await answer('bindings', Buffer.from(review), 1000)
  return { statusCode, response: JSON.parse(body).response, failures }
}

t.test('a node that is found is judged in the same answer', async t => {
  const view = viewOf()
  const names: string[] = []
  const { response } = await ask(view, {
    findNode: async name => {
      names.push(name)
      view.roster.setNode(nodeOf('new'), view.nowMs)
      view.roster.setReport(reportOf('new'), view.nowMs, view.nowMs)
      return { found: true }
    },
  })
  t.strictSame(names, ['new'])
  t.equal(response.allowed, true)
  t.equal(response.auditAnnotations.state, 'Ready')
})

t.test('a node and then a pod may be needed for one answer', async t => {
  const view = viewOf()
  const { response } = await ask(view, {
    findNode: async () => {
      view.roster.setNode(nodeOf('new'), view.nowMs)
      view.roster.setReport(kataReportOf('new'), view.nowMs, view.nowMs)
      return { found: true }
    },
    readPod: async () => ({ uid: 'pod-uid', labels: {}, annotations: {}, runtimeClassName: '' }),
  })
  t.equal(response.allowed, true)
})

t.test('a node that is missing is refused', async t => {
  const { response } = await ask(viewOf(), { findNode: async () => ({ missing: true }) })
  t.equal(response.allowed, false)
  t.equal(response.status.details.causes[0].reason, 'NodeNotFound')
})

t.test('what keeps us from asking is the reason of the stance', async t => {
  const { response, failures } = await ask(viewOf(), {
    findNode: () => Promise.reject(new GuardError('SOCI_GUARD_API_UNREACHABLE', 'connect ECONNREFUSED')),
  })
  t.equal(response.status.details.causes[0].reason, 'SOCI_GUARD_API_UNREACHABLE')
  t.equal(
    response.status.details.causes[0].message,
    'the node is not in the inventory and was asked for: connect ECONNREFUSED',
  )
  t.strictSame(failures, [])
})

t.test('a view that asks for nodes where nobody can be asked is a bug, and the stance answers', async t => {
  const { response, failures } = await ask(viewOf(), {})
  t.equal(response.status.details.causes[0].reason, 'SOCI_GUARD_INTERNAL')
  t.equal(failures.length, 1)
})

t.test('an answer that does not come is not waited for', async t => {
  let isAborted = false
  const never = (_: string, signal: AbortSignal) =>
    new Promise<never>(() => {
      signal.addEventListener('abort', () => {
        isAborted = true
      })
    })
  t.strictSame(await lookUpNode(never, { kind: 'needsNode', name: 'new' }, 20), {
    failure: {
      code: 'SOCI_GUARD_DEADLINE_EXCEEDED',
      message: 'the node is not in the inventory and was asked for, and there was no answer within 20 ms',
    },
  })
  t.equal(isAborted, true)
})

t.test('a bug in asking is told by its message', async t => {
  const bug = () => Promise.reject(new TypeError('x is not a function'))
  t.match(await lookUpNode(bug, { kind: 'needsNode', name: 'new' }, 1000), {
    failure: { code: 'SOCI_GUARD_INTERNAL', message: /: x is not a function$/ },
  })
})
