import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { allowed, type Outcome } from '../../src/admission/outcome.ts'
import { auditLine } from '../../src/telemetry/audit-line.ts'
import { bindingTo, createdPod, requestOf } from '../support/review-request.ts'

const UID = '705ab4f5-6393-11e8-b7cc-42010a800002'

const denied: Outcome = {
  ...allowed({
    mode: 'enforce',
    state: 'Mixed',
    reason: 'ConfiguredAfterLaunch',
    node: 'node1',
    evidence: 'report',
    message: 'Why.',
  }),
  decision: 'deny',
}

t.test('a line says who asked what, what was decided and why, and never holds the object', async t => {
  t.strictSame(auditLine('bindings', UID, bindingTo('node1'), denied, 0.0123456), {
    event: 'review',
    webhook: 'bindings',
    requestUid: UID,
    user: 'system:kube-scheduler',
    operation: 'CREATE',
    resource: 'pods/binding',
    namespace: 'default',
    name: 'web-1',
    node: 'node1',
    decision: 'deny',
    mode: 'enforce',
    state: 'Mixed',
    reason: 'ConfiguredAfterLaunch',
    evidence: 'report',
    dryRun: false,
    durationMs: 0.012,
    message: 'Why.',
  })
})

t.test('a review that could not be read has its uid and empty fields', async t => {
  const { requestUid, user, operation, resource, namespace, name, dryRun } = auditLine('pods', UID, null, denied, 1)
  t.strictSame(
    { requestUid, user, operation, resource, namespace, name, dryRun },
    {
      requestUid: UID,
      user: '',
      operation: '',
      resource: '',
      namespace: '',
      name: '',
      dryRun: false,
    },
  )
})

const lineOf = (request: Parameters<typeof auditLine>[2], outcome: Outcome = denied) =>
  auditLine('advisory', UID, request, outcome, 1)

t.test('the resource is written as kubectl writes it', async t => {
  const resource = { group: 'apps', version: 'v1', resource: 'deployments' }
  t.equal(lineOf(requestOf({ resource })).resource, 'deployments.apps')
  t.equal(lineOf(requestOf({ subResource: 'ephemeralcontainers' })).resource, 'pods/ephemeralcontainers')
})

t.test('an object without a name is told by its generateName', async t => {
  t.equal(lineOf(createdPod({}, { name: '', generateName: 'web-' }, { name: '' })).name, 'web-')
})

t.test('an exemption is told where there is one', async t => {
  t.equal(lineOf(requestOf({}), allowed({ exempt: 'namespace' })).exempt, 'namespace')
  t.notOk(Object.hasOwn(lineOf(requestOf({})), 'exempt'))
})

t.test('what a client may make as long as it likes is cut to 256 characters', async t => {
  const long = 'x'.repeat(10_000)
  const resource = { group: '', version: 'v1', resource: long }
  const request = requestOf({ name: long, namespace: long, resource, user: { username: long, groups: [] } })
  const line = auditLine('pods', long, request, { ...denied, node: long }, 1)
  const cut = `${'x'.repeat(255)}…`
  t.strictSame(
    [line.requestUid, line.user, line.namespace, line.name, line.resource, line.node],
    [cut, cut, cut, cut, cut, cut],
  )
})

t.test('docs/audit.md explains exactly the fields there are, in their order', async t => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8')
  const documented = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)
  const fields = Object.keys(lineOf(requestOf({}), { ...denied, exempt: 'user' }))
  t.strictSame(documented, ['level', 'time', ...fields, 'msg'])
})
