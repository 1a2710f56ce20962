import t from 'tap'
import { parseRuntimeClassScheduling } from '../../src/scheduling/parse-runtime-class-scheduling.ts'

t.test('a RuntimeClass without scheduling adds nothing', async t => {
  const nothing = { ok: true, value: { nodeSelector: {}, tolerations: [] } }
  for (const value of [undefined, null, {}, { nodeSelector: null, tolerations: null }]) {
    t.strictSame(parseRuntimeClassScheduling(value, 'scheduling'), nothing)
  }
})

t.test('node selector and tolerations are read', async t => {
  const value = { nodeSelector: { runtime: 'gvisor' }, tolerations: [{ key: 'gvisor', operator: 'Exists' }] }
  t.strictSame(parseRuntimeClassScheduling(value, 'scheduling'), {
    ok: true,
    value: {
      nodeSelector: { runtime: 'gvisor' },
      tolerations: [{ key: 'gvisor', operator: 'Exists', value: '', effect: '' }],
    },
  })
})

t.test('every problem is told with its path', async t => {
  const value = { nodeSelector: { a: 1 }, tolerations: [{ operator: 'Near' }] }
  t.strictSame(parseRuntimeClassScheduling(value, 'scheduling'), {
    ok: false,
    problems: [
      { path: 'scheduling.nodeSelector[a]', message: 'expected a string, found number 1' },
      {
        path: 'scheduling.tolerations[0].operator',
        message: 'unknown operator "Near": expected one of Equal, Exists, Lt, Gt',
      },
    ],
  })
})
