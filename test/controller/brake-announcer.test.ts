import t from 'tap'
import type { BrakeLevel } from '../../src/controller/brake.ts'
import { createBrakeAnnouncer } from '../../src/controller/brake-announcer.ts'
import { until } from '../support/until.ts'

const start = (t: { teardown(end: () => void): void }, answer: () => Promise<Buffer>) => {
  let level: BrakeLevel = 'off'
  const sent: { path: string; body: Record<string, unknown> }[] = []
  const logged: string[] = []
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const announcer = createBrakeAnnouncer({
    brake: { level: () => level, reason: () => (level === 'off' ? null : 'agents are away') },
    connection: {
      readBody: (path, options) => {
        sent.push({ path: `${options?.method} ${path}`, body: JSON.parse(String(options?.body)) })
        return answer()
      },
    },
    namespace: 'ours',
    instance: 'pod-1',
    log: { info: log, warn: log },
    wallMs: () => Date.UTC(2026, 10, 22, 10, 0, 1, 250),
    lookEveryMs: 2,
  })
  announcer.start()
  t.teardown(() => void announcer.stop())
  const brake = (next: BrakeLevel): void => {
    level = next
  }
  return { announcer, sent, logged, brake }
}

t.test('everybody is told once when the brake goes on, and once when it goes off', async t => {
  const { announcer, sent, logged, brake } = start(t, async () => Buffer.from('{}'))
  t.strictSame(announcer.remarks?.(), [])
  brake('late')
  await until(() => sent.length === 1)
  brake('outage')
  t.strictSame(announcer.remarks?.(), ['brake: agents are away'])
  brake('off')
  await until(() => sent.length === 2)
  const common = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'soci-guard-brake-', namespace: 'ours' },
    reportingController: 'soci-guard.dev/controller',
    reportingInstance: 'pod-1',
    regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ours', name: 'soci-guard-controller' },
  }
  t.match(sent[0]?.body, {
    ...common,
    ...{ type: 'Warning', reason: 'BrakeEngaged', action: 'StopTainting', note: 'agents are away' },
  })
  // The API server takes a time with exactly six digits.
  t.match(sent[0]?.body.eventTime, /^2026-11-22T10:00:01\.\d{6}Z$/)
  t.match(sent[1]?.body, { ...common, type: 'Normal', reason: 'BrakeReleased', action: 'ResumeTainting' })
  t.equal(sent[0]?.path, 'POST /apis/events.k8s.io/v1/namespaces/ours/events')
  t.strictSame(logged, [
    'the brake is on {"brake":"late","problem":"agents are away"}',
    'the brake is off: nodes are tainted again {"brake":"off"}',
  ])
})

t.test('an Event that cannot be written is no reason to stop', async t => {
  const { sent, logged, brake } = start(t, async () => {
    throw new Error('no route')
  })
  brake('outage')
  await until(() => logged.length === 2)
  t.equal(logged[1], 'an Event could not be written {"problem":"no route"}')
  brake('off')
  await until(() => sent.length === 2)
  t.pass()
})
