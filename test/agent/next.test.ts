import t from 'tap'
import type { AgentAction } from '../../src/agent/agent-action.ts'
import type { ApiFailure } from '../../src/agent/api-failure.ts'
import { dueMs } from '../../src/agent/plan.ts'
import { GOOD_FACTS, MIXED_FACTS, ofRoot } from './facts.ts'
import { World } from './world.ts'

/** A world in which all is well: the node is verified, and the API server knows. */
const settled = (): World => {
  const world = new World()
  world.workWell(20, 500)
  return world
}

const refuse = (world: World, failure: Partial<ApiFailure>): void => {
  const sequence = world.publishing?.report.sequence ?? 0
  world.publishing = null
  world.dispatch({
    kind: 'refused',
    sequence,
    failure: { kind: 'unavailable', message: 'no', retryAfterMs: null, ...failure },
  })
}

t.test(
  'the events of one burst are followed by one sweep, and a second one comes not before 250 ms after it',
  async t => {
    const world = settled()
    world.change(MIXED_FACTS)
    world.advance(10)
    world.change(GOOD_FACTS)
    world.advance(14)
    t.notOk(world.sweeping, 'what belongs to the first event may come yet')
    world.advance(1)
    t.ok(world.sweeping, 'later events of the burst do not put it off')
    world.change(GOOD_FACTS)
    world.answerSweep(true)
    t.notOk(world.sweeping, 'what happened meanwhile waits')
    world.advance(249)
    t.notOk(world.sweeping)
    world.advance(1)
    t.ok(world.sweeping)
  },
)

t.test('without events everything is read again after five minutes', async t => {
  const world = settled()
  world.workWell(1, 0)
  const startMs = world.state.runtime.lastSweepEndMs
  while (world.sweeping === null) {
    world.answerPublish('answered')
    world.advance(1000)
  }
  t.ok(world.nowMs - startMs >= 300_000 && world.nowMs - startMs <= 301_000)
})

t.test('a report is renewed within a minute although nothing changed', async t => {
  const world = settled()
  const { sequence } = world.state
  world.advance(60_000)
  world.workWell(1, 0)
  t.equal(world.state.sequence, sequence + 1)
  t.equal(world.stored?.sequence, sequence + 1)
})

t.test('a number of containers that changes is told at once, but then not for ten seconds', async t => {
  const world = settled()
  world.advance(20_000)
  const count = (containers: number) => {
    world.changeAndWait({ ...GOOD_FACTS, containers: { bySnapshotter: { soci: containers }, foreign: [] } })
    world.workWell(3, 300)
  }
  count(13)
  t.strictSame(world.stored?.containers.bySnapshotter, { soci: 13 })
  count(14)
  t.strictSame(world.stored?.containers.bySnapshotter, { soci: 13 })
  world.workWell(1, 10_000)
  world.workWell(1, 0)
  t.strictSame(world.stored?.containers.bySnapshotter, { soci: 14 })
})

t.test('a doubt overtakes a report that is on its way', async t => {
  const world = settled()
  world.changeAndWait(MIXED_FACTS)
  world.answerSweep(true)
  t.equal(world.publishing?.report.verified, true)
  world.loseStream()
  t.equal(world.publishing?.report.verified, false)
  t.equal(world.late.length, 1)
  world.answerPublish('answered')
  world.deliverLate()
  t.equal(world.stored?.verified, false, 'what arrives late is refused by its number')
})

t.test('a doubt is told before the stream is opened again, and before anything is read', async t => {
  const world = settled()
  const actions: AgentAction['kind'][] = []
  const { perform } = world
  world.perform = action => {
    actions.push(action.kind)
    perform.call(world, action)
  }
  world.loseStream()
  world.advance(5000)
  t.strictSame(
    actions.filter(kind => kind !== 'log'),
    ['publish', 'openStream'],
  )
})

t.test('facts that two containerds told are thrown away', async t => {
  const world = settled()
  world.changeAndWait(MIXED_FACTS)
  world.replaceContainerd()
  world.answerSweep(true)
  t.equal(world.publishing?.report.verified, false)
  t.strictSame(world.publishing?.report.containers, GOOD_FACTS.containers)
  t.equal(world.publishing?.report.mixed, null)
})

t.test('a sweep that fails is a doubt too', async t => {
  const world = settled()
  world.changeAndWait(GOOD_FACTS)
  world.answerSweep(false)
  t.equal(world.publishing?.report.verified, false)
})

t.test('the latch', async t => {
  t.test('stays when the evidence is gone, and says when and what', async t => {
    const world = settled()
    world.changeAndWait(MIXED_FACTS)
    world.workWell(3, 300)
    const { mixed } = world.stored ?? {}
    t.match(mixed, {
      since: /^\d{4}-\d\d-\d\dT.*Z$/,
      reason: 'ConfiguredAfterLaunch',
      message: '1 container of this boot runs in overlayfs although soci is now the default.',
    })
    world.changeAndWait(GOOD_FACTS)
    world.workWell(3, 300)
    t.strictSame(world.stored?.mixed, mixed)
    t.equal(world.logged.filter(line => line.startsWith('the node is mixed')).length, 1)
  })

  t.test('stays while the root folder cannot be told, and goes with another one', async t => {
    const world = settled()
    world.changeAndWait(MIXED_FACTS)
    world.workWell(3, 300)
    world.changeAndWait(ofRoot(GOOD_FACTS, ''))
    world.workWell(3, 300)
    t.ok(world.stored?.mixed)
    t.equal(world.stored?.runtime.rootUUID, 'root-1', 'the API server, too, must not take it for another')
    world.changeAndWait(ofRoot(GOOD_FACTS, 'root-2'))
    world.workWell(3, 300)
    t.equal(world.stored?.mixed, null)
  })

  t.test('goes with a boot', async t => {
    const world = settled()
    world.changeAndWait(MIXED_FACTS)
    world.workWell(3, 300)
    world.facts = GOOD_FACTS
    world.restartAgent(true)
    world.workWell(20, 300)
    t.match(world.stored, { bootID: 'boot-2', mixed: null, verified: true })
  })

  t.test('is taken from the state file when there is no report', async t => {
    const world = new World()
    const mixed = { since: '2026-11-22T08:00:00Z', reason: 'ImagesStranded', message: 'Seen.' }
    const savedLatch = { rootUUID: 'root-1', mixed }
    world.dispatch({ kind: 'identified', nodeUID: 'node-uid-1', report: null, savedLatch })
    t.strictSame(world.publishing?.report.mixed, mixed)
  })
})

t.test('failures', async t => {
  const cases: readonly {
    readonly name: string
    readonly failure: Partial<ApiFailure>
    readonly wait: [number, number]
  }[] = [
    { name: 'no answer', failure: { kind: 'unavailable' }, wait: [250, 500] },
    { name: 'a right that is missing', failure: { kind: 'forbidden' }, wait: [250, 500] },
    { name: 'no such resource', failure: { kind: 'notServed' }, wait: [250, 500] },
    { name: 'Retry-After: 7', failure: { kind: 'throttled', retryAfterMs: 7000 }, wait: [7000, 8402] },
  ]
  for (const { name, failure, wait } of cases) {
    t.test(`${name}: the report is sent again after ${wait.join(' to ')} ms`, async t => {
      const world = settled()
      world.changeAndWait(MIXED_FACTS)
      world.answerSweep(true)
      refuse(world, failure)
      const inMs = dueMs(world.state) - world.nowMs
      t.ok(inMs >= wait[0] && inMs <= wait[1], `${inMs} ms`)
      const { sequence } = world.state
      world.advance(inMs)
      t.equal(world.publishing?.report.sequence, sequence + 1)
    })
  }

  t.test('a wait grows to half a minute, and ends with the first success', async t => {
    const world = settled()
    world.advance(60_000)
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      refuse(world, {})
      waits.push(dueMs(world.state) - world.nowMs)
      world.advance(waits.at(-1) ?? 0)
    }
    t.equal(waits.at(-1), 22_500)
    world.answerPublish('answered')
    t.equal(world.state.cluster.failures, 0)
  })

  for (const kind of ['conflict', 'denied', 'invalid'] as const) {
    t.test(`${kind}: the Node and the report are read again, then it is sent anew`, async t => {
      const world = settled()
      world.advance(60_000)
      world.stored = world.stored && { ...world.stored, sequence: 500 }
      refuse(world, { kind })
      t.ok(world.identifying)
      world.answerIdentify(true)
      t.equal(world.publishing?.report.sequence, 501)
    })
  }

  t.test('a Node that is gone: nothing is published until there is one again', async t => {
    const world = settled()
    world.stored = null
    world.objectUID += 1
    world.advance(60_000)
    world.answerPublish('answered')
    t.ok(world.identifying, 'the report was deleted, so the Node is looked at')
    world.identifying = false
    world.dispatch({ kind: 'notIdentified', failure: { kind: 'nodeMissing', message: 'gone', retryAfterMs: null } })
    for (let i = 0; i < 100; i++) world.advance(1000)
    t.equal(world.publishing, null)
    world.recreateNode()
    world.workWell(3, 500)
    t.equal(world.sent.at(-1)?.nodeUID, 'node-uid-2')
  })

  t.test('one that lasts is said once, and that it is over too', async t => {
    const world = settled()
    world.logged.length = 0
    world.advance(60_000)
    for (let i = 0; i < 5; i++) {
      refuse(world, { kind: 'forbidden', message: 'a right is missing' })
      world.advance(60_000)
    }
    world.answerPublish('answered')
    t.strictSame(world.logged, ['a right is missing', 'the report is published again'])
  })

  t.test('a doubt does not wait for our own patience, but for that which the API server asked for', async t => {
    for (const [retryAfterMs, want] of [
      [null, true],
      [5000, false],
    ] as const) {
      const world = settled()
      world.advance(60_000)
      refuse(world, { retryAfterMs })
      world.loseStream()
      t.equal(world.publishing !== null, want)
    }
  })
})
