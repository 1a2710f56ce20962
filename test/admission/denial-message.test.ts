import t from 'tap'
import { advisoryWarning, denialMessage, violationWarning } from '../../src/admission/denial-message.ts'
import { ADVISORIES, REASON_STATES, type Reason } from '../../src/policy/reasons.ts'

const violation = {
  node: 'node2',
  state: 'Mixed',
  reason: 'ConfiguredAfterLaunch',
  evidence: 'report',
  message: '2 containers are elsewhere. Replace the node.',
} as const

t.test('a denial says node, state, reason, what was found and what to do', async t => {
  t.equal(
    denialMessage(violation),
    'node node2 is Mixed (ConfiguredAfterLaunch): 2 containers are elsewhere. Replace the node.',
  )
  t.equal(
    denialMessage(violation, 'and nobody knows why'),
    'node node2 is Mixed (ConfiguredAfterLaunch), and nobody knows why: 2 containers are elsewhere. Replace the node.',
  )
})

t.test('nothing of a name or a report can steer a terminal', async t => {
  t.equal(
    denialMessage({ ...violation, node: 'n\u0000\u009b2J', message: 'a\r\nb' }),
    'node n 2J is Mixed (ConfiguredAfterLaunch): a b',
  )
})

t.test('the warning about any reason holds node, state, reason and at least what to do first', async t => {
  for (const [reason, state] of Object.entries(REASON_STATES)) {
    const warning = violationWarning({ ...violation, node: 'node2', state, reason: reason as Reason })
    t.ok(warning.startsWith(`node node2 is ${state} (${reason}): `), warning)
    t.ok(warning.length <= 120, `${warning.length} characters`)
    t.notMatch(warning, /…$/, warning)
  }
})

t.test('the warning about any advisory fits', async t => {
  for (const advisory of ADVISORIES) {
    const warning = advisoryWarning('node2', advisory)
    t.ok(warning.startsWith(`node node2 has ${advisory}: `), warning)
    t.ok(warning.length <= 120, `${warning.length} characters`)
  }
})

t.test('a long name is cut before the remedy is', async t => {
  t.equal(
    violationWarning({ ...violation, node: 'n'.repeat(253) }),
    `node ${'n'.repeat(63)}… is Mixed (ConfiguredAfterLaunch): replace the node`,
  )
})
