import t from 'tap'
import { handlerViolation, hasOtherHandlers } from '../../src/policy/runtime-handler.ts'
import { reportOf } from './evidence-builders.ts'

const report = reportOf(report => {
  report.runtimeHandlers = [
    { name: 'runc', snapshotter: '' },
    { name: 'lazy', snapshotter: 'soci' },
    { name: 'kata', snapshotter: 'devmapper' },
  ]
})

t.test('a handler on another snapshotter is a violation that names it', async t => {
  t.strictSame(handlerViolation(report, 'kata', 'soci'), { snapshotter: 'devmapper' })
  t.strictSame(handlerViolation(report, 'lazy', 'stargz'), { snapshotter: 'soci' })
})

t.test('a handler on the expected or the default snapshotter is none, nor is one that is not known', async t => {
  for (const handler of ['runc', 'lazy', 'gvisor', ''])
    t.equal(handlerViolation(report, handler, 'soci'), null, handler)
})

t.test("a pod's runtime class matters only where some handler differs", async t => {
  t.equal(hasOtherHandlers(report, 'soci'), true)
  t.equal(hasOtherHandlers(reportOf(), 'soci'), false)
})
