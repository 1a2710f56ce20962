import { pino } from 'pino'
import t from 'tap'
import { allowed, type Outcome } from '../../src/admission/outcome.ts'
import { createRecorder } from '../../src/telemetry/recorder.ts'
import { bindingTo } from '../support/review-request.ts'

const record = (level: string, outcome: Outcome) => {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { level, formatters: { level: label => ({ level: label }) } },
    { write: line => lines.push(JSON.parse(line)) },
  )
  const counted: unknown[] = []
  const recorder = createRecorder({ reviewed: (...review) => counted.push(review) }, logger)
  recorder('bindings', 'uid-1', bindingTo('node1'), outcome, 0.5)
  t.strictSame(counted, [['bindings', outcome, 0.5]])
  return lines.map(({ level, msg, event, decision }) => [level, msg, event, decision])
}

const violation = (decision: 'deny' | 'warn' | 'audit'): Outcome => ({ ...allowed({ reason: 'NoReport' }), decision })

const table = [
  { name: 'a denial is logged at info', outcome: violation('deny'), want: ['info', 'review', 'review', 'deny'] },
  { name: 'a warning is logged at info', outcome: violation('warn'), want: ['info', 'review', 'review', 'warn'] },
  {
    name: 'a violation in audit mode is logged at info',
    outcome: violation('audit'),
    want: ['info', 'review', 'review', 'audit'],
  },
  {
    name: 'what could not be judged is logged at warn',
    outcome: { ...violation('audit'), reason: 'SOCI_GUARD_POD_UNREADABLE' as const },
    want: ['warn', 'review', 'review', 'audit'],
  },
]

for (const { name, outcome, want } of table) {
  t.test(`${name}, and counted`, async t => {
    t.strictSame(record('info', outcome), [want])
  })
}

t.test('what was allowed is counted, and logged at debug only', async t => {
  t.strictSame(record('info', allowed()), [])
  t.strictSame(record('debug', allowed()), [['debug', 'review', 'review', 'allow']])
})
