import t from 'tap'
import { stanceOn } from '../../src/admission/stance.ts'
import type { GuardErrorCode } from '../../src/errors.ts'
import { sameParts } from '../support/same-parts.ts'

const failure = { code: 'SOCI_GUARD_INTERNAL', message: 'a bug was met' } as const
const BUG = 'This is a defect of soci-guard: report it with the log line of this request.'

t.test('mode and couldNotTell decide, the weaker of them', async t => {
  const rows = [
    { mode: 'enforce', couldNotTell: 'deny', decision: 'deny', words: 'fail closed' },
    { mode: 'enforce', couldNotTell: 'warn', decision: 'warn', words: 'fail open' },
    { mode: 'enforce', couldNotTell: 'allow', decision: 'audit', words: 'fail open' },
    { mode: 'warn', couldNotTell: 'deny', decision: 'warn', words: 'fail open' },
    { mode: 'warn', couldNotTell: 'warn', decision: 'warn', words: 'fail open' },
    { mode: 'warn', couldNotTell: 'allow', decision: 'audit', words: 'fail open' },
    { mode: 'audit', couldNotTell: 'deny', decision: 'audit', words: 'fail open' },
    { mode: 'off', couldNotTell: 'deny', decision: 'allow', words: 'fail open' },
  ] as const
  for (const { mode, couldNotTell, decision, words } of rows) {
    for (const webhook of ['bindings', 'pods'] as const) {
      const outcome = stanceOn(failure, webhook, mode, couldNotTell)
      const what = webhook === 'bindings' ? 'this binding' : 'this pod'
      const clause = `${words}: the node of ${what} was not judged because a bug was met`
      sameParts(
        t,
        outcome,
        {
          ...{ decision, mode, reason: 'SOCI_GUARD_INTERNAL', state: '', node: '', message: `${clause}. ${BUG}` },
          warnings: decision === 'warn' ? [clause] : [],
        },
        `${webhook} ${mode} ${couldNotTell}`,
      )
      t.equal(outcome.denial === null, decision !== 'deny', 'a denial only where it is denied')
    }
  }
})

t.test('the advisory webhook always fails open, and says so where warnings are read', async t => {
  const clause = 'fail open: the nodes open to these pods were not judged because a bug was met'
  const rows = [
    { mode: 'enforce', decision: 'audit', warnings: [clause] },
    { mode: 'warn', decision: 'audit', warnings: [clause] },
    { mode: 'audit', decision: 'audit', warnings: [] },
    { mode: 'off', decision: 'allow', warnings: [] },
  ] as const
  for (const { mode, decision, warnings } of rows) {
    sameParts(
      t,
      stanceOn(failure, 'advisory', mode, 'deny'),
      { decision, warnings, denial: null, message: `${clause}. ${BUG}` },
      mode,
    )
  }
})

t.test('bad input is denied with 400, everything else with 403', async t => {
  const rows: [GuardErrorCode, 400 | 403][] = [
    ['SOCI_GUARD_BODY_NOT_JSON', 400],
    ['SOCI_GUARD_BODY_TOO_DEEP', 400],
    ['SOCI_GUARD_DUPLICATE_KEY', 400],
    ['SOCI_GUARD_NOT_A_REVIEW', 400],
    ['SOCI_GUARD_REVIEW_VERSION', 400],
    ['SOCI_GUARD_REVIEW_INVALID', 400],
    ['SOCI_GUARD_UNKNOWN_OPERATOR', 403],
    ['SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND', 403],
    ['SOCI_GUARD_POD_UNREADABLE', 403],
    ['SOCI_GUARD_DEADLINE_EXCEEDED', 403],
    ['SOCI_GUARD_INVENTORY_NOT_LOADED', 403],
    ['SOCI_GUARD_INTERNAL', 403],
  ]
  for (const [code, status] of rows) {
    const { denial, message } = stanceOn({ code, message: 'so it is' }, 'pods', 'enforce', 'deny')
    t.strictSame(denial, { code: status, name: '', cause: { reason: code, message: 'so it is', field: '' } })
    t.match(
      message,
      /^fail closed: the node of this pod was not judged because so it is\. \S.*\.$/,
      `${code} says what to do`,
    )
  }
})

t.test('what somebody sent is neither long nor unprintable in the answer', async t => {
  const outcome = stanceOn(
    { code: 'SOCI_GUARD_REVIEW_INVALID', message: `x\u0000${'y'.repeat(9999)}` },
    'pods',
    'enforce',
    'deny',
  )
  t.ok(outcome.message.length < 700)
  t.notMatch(outcome.message, /\p{Cc}/u)
  t.notMatch(outcome.denial?.cause.message, /\p{Cc}/u)
})

t.test('what is known of the subject is in the denial', async t => {
  const known = { node: 'n1', podName: 'web-1', field: 'target.name' }
  sameParts(t, stanceOn(failure, 'bindings', 'enforce', 'deny', known), {
    node: 'n1',
    denial: {
      code: 403,
      name: 'web-1',
      cause: { reason: failure.code, message: failure.message, field: 'target.name' },
    },
  })
})
