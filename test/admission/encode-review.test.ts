import t from 'tap'
import { auditAnnotations } from '../../src/admission/audit-annotations.ts'
import { encodeReview } from '../../src/admission/encode-review.ts'
import { allowed, type Outcome } from '../../src/admission/outcome.ts'

const UID = '705ab4f5-6393-11e8-b7cc-42010a800002'
const denied: Outcome = {
  ...allowed({
    mode: 'enforce',
    state: 'Mixed',
    reason: 'ConfiguredAfterLaunch',
    node: 'n1',
    evidence: 'report',
    message: 'node n1 is Mixed',
  }),
  decision: 'deny',
  denial: {
    code: 403,
    name: 'web-1',
    cause: { reason: 'ConfiguredAfterLaunch', message: 'found', field: 'target.name' },
  },
}

t.test('answers are exactly these bytes', async t => {
  const rows = [
    {
      name: 'an allowed request',
      outcome: allowed(),
      want: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":true,"auditAnnotations":{"decision":"allow"}}}`,
    },
    {
      name: 'a denial, with 403 and Forbidden so that kubectl says who refused',
      outcome: denied,
      want: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":false,"status":{"status":"Failure","message":"node n1 is Mixed","reason":"Forbidden","details":{"name":"web-1","kind":"pods","causes":[{"reason":"ConfiguredAfterLaunch","message":"found","field":"target.name"}]},"code":403},"auditAnnotations":{"decision":"deny","mode":"enforce","state":"Mixed","reason":"ConfiguredAfterLaunch","node":"n1","evidence":"report"}}}`,
    },
    {
      name: 'a denial of what nobody could read, with 400 and BadRequest and no empty fields',
      outcome: {
        ...denied,
        denial: { code: 400, name: '', cause: { reason: 'SOCI_GUARD_BODY_NOT_JSON', message: 'found', field: '' } },
      } as const,
      want: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":false,"status":{"status":"Failure","message":"node n1 is Mixed","reason":"BadRequest","details":{"causes":[{"reason":"SOCI_GUARD_BODY_NOT_JSON","message":"found"}]},"code":400},"auditAnnotations":{"decision":"deny","mode":"enforce","state":"Mixed","reason":"ConfiguredAfterLaunch","node":"n1","evidence":"report"}}}`,
    },
    {
      name: 'warnings, and no status',
      outcome: {
        ...allowed({ mode: 'warn', warnings: ['one', 'two'], message: 'not shown' }),
        decision: 'warn',
      } as const,
      want: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":true,"warnings":["one","two"],"auditAnnotations":{"decision":"warn","mode":"warn"}}}`,
    },
    {
      name: 'an exempt request',
      outcome: allowed({ exempt: 'mirrorPod', node: 'n1' }),
      want: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${UID}","allowed":true,"auditAnnotations":{"decision":"allow","node":"n1","exempt":"mirrorPod"}}}`,
    },
  ]
  for (const { name, outcome, want } of rows) t.equal(encodeReview(UID, outcome), want, name)
})

t.test('a uid is copied whatever it is', async t => {
  const uid = '"\\\u0000\ud800'
  t.equal(JSON.parse(encodeReview(uid, allowed())).response.uid, uid)
})

t.test('annotation keys are such as the API server takes', async t => {
  const full = { ...denied, exempt: 'namespace' } as const
  const keys = Object.keys(auditAnnotations(full))
  t.strictSame(keys, ['decision', 'mode', 'state', 'reason', 'node', 'evidence', 'exempt'])
  for (const key of keys) t.match(key, /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/)
})
