import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { GOOD_FACTS, MIXED_FACTS } from './facts.ts'
import { type Delivery, World } from './world.ts'

interface Step {
  readonly name: string
  take(world: World): void
}

const WORKS = [true, true, false]
const DELIVERIES: readonly Delivery[] = ['answered', 'answered', 'answered', 'answer lost', 'lost', 'late']

/** Steps that differ in one value, so often among all steps. */
const steps = <Value>(
  weight: number,
  name: string,
  values: readonly Value[],
  take: (world: World, value: Value) => void,
) => ({
  weight,
  arbitrary: fc
    .constantFrom(...values)
    .map((value): Step => ({ name: `${name} ${JSON.stringify(value)}`, take: world => take(world, value) })),
})

const CHANGES = [true, false].flatMap(isMixed =>
  (['same', 'same', 'wiped', 'not told'] as const).map(root => ({ isMixed, root })),
)

const step = fc.oneof(
  steps(4, 'advance', [1, 100, 300, 1500, 61_000], (world, ms) => world.advance(ms)),
  steps(4, 'answerOpening', WORKS, (world, works) => world.answerOpening(works)),
  steps(5, 'answerSweep', WORKS, (world, works) => world.answerSweep(works)),
  steps(4, 'answerIdentify', WORKS, (world, works) => world.answerIdentify(works)),
  steps(8, 'answerPublish', DELIVERIES, (world, delivery) => world.answerPublish(delivery)),
  steps(2, 'deliverLate', [0], world => world.deliverLate()),
  steps(2, 'loseStream', [0], world => world.loseStream()),
  steps(3, 'workWell', [1, 3, 6], (world, turns) => world.workWell(turns, 300)),
  steps(1, 'replaceContainerd', [0], world => world.replaceContainerd()),
  steps(1, 'restartContainerd', [0], world => world.restartContainerd()),
  steps(1, 'restartAgent', [true, false], (world, isReboot) => world.restartAgent(isReboot)),
  steps(1, 'recreateNode', [0], world => world.recreateNode()),
  steps(4, 'change', CHANGES, (world, { isMixed, root }) => world.changeRoot(isMixed ? MIXED_FACTS : GOOD_FACTS, root)),
)

t.test(
  'whatever happens in whatever order, no report claims more than is known, and nothing is forgotten',
  async () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 150 }), steps => {
        const world = new World()
        for (const { take } of steps) take(world)
        assert.deepEqual(world.broken, [])
        world.settle()
        assert.deepEqual(world.broken, [])
        const { stored, state } = world
        const told = [stored?.verified, stored?.nodeUID, stored?.bootID]
        assert.deepEqual(told, [true, world.nodeUID, `boot-${world.boot}`], 'in the end all is well')
        assert.deepEqual(stored?.containers, world.facts.containers)
        assert.equal(stored?.sequence, state.sequence)
        assert.equal(state.cluster.failures, 0)
      }),
      { numRuns: 500 },
    )
  },
)

t.test('in each life numbers grow with every report that is sent, and the first one is not verified', async () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 100 }), steps => {
      const world = new World()
      for (const { take } of steps) take(world)
      for (const reports of Map.groupBy(world.sent, report => report.agent.podUID).values()) {
        const numbers = reports.map(report => report.sequence)
        assert.deepEqual(
          numbers,
          [...new Set(numbers)].sort((one, other) => one - other),
        )
        assert.equal(reports[0]?.verified, false)
      }
    }),
    { numRuns: 200 },
  )
})
