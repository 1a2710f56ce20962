import fc from 'fast-check'
import t from 'tap'
import { BUNDLE_EDITS, createWorld, DAMAGES, TIMES, type World } from './certificate-world.ts'

/** What happens, as data, so that a failure shows it. */
type Event = readonly [kind: keyof World, ...args: readonly (number | string)[]]

const happen = (world: World, [kind, ...args]: Event): void => {
  ;(world[kind] as (...args: readonly (number | string)[]) => void)(...args)
}

const which = fc.integer({ min: 0, max: 1 })
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 40, arbitrary: fc.tuple(fc.constant('turn' as const), which) },
  { weight: 14, arbitrary: fc.tuple(fc.constant('advance' as const), fc.integer({ min: 1, max: 60 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('advance' as const), fc.integer({ min: 60, max: 1500 })) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('bring' as const), which) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('restartReplica' as const), which, fc.integer({ min: 0, max: TIMES.lingerMs })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('restartController' as const), which) },
)
const damage: fc.Arbitrary<Event> = fc.tuple(fc.constant('damage' as const), fc.constantFrom(...DAMAGES))
const edit: fc.Arbitrary<Event> = fc.tuple(fc.constant('editBundle' as const), fc.constantFrom(...BUNDLE_EDITS))

const events = (faults: fc.Arbitrary<Event>[]): fc.Arbitrary<Event[]> =>
  fc.array(fc.oneof({ weight: 60, arbitrary: event }, ...faults.map(arbitrary => ({ weight: 1, arbitrary }))), {
    minLength: 50,
    maxLength: 900,
    size: 'max',
  })

/** Both controllers at work, time going on, kubelets bringing what there is. */
const calm = (world: World, rounds: number, after: () => void = () => {}): void => {
  for (let round = 0; round < rounds; round++) {
    for (const at of [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]) world.turn(at)
    world.bring(round % 2)
    world.advance(10)
    after()
  }
}

const started = (): World => {
  const world = createWorld()
  calm(world, 100)
  world.restartReplica(0, 0)
  world.restartReplica(1, 0)
  return world
}

t.test('a first installation is ready after a few steps, and waits for nobody', async t => {
  const world = createWorld()
  for (let turn = 0; turn < 20; turn++) world.turn(0)
  const { authorities, bundle, leaf, nowMs } = world.state()
  t.equal(nowMs, 1000)
  t.equal(authorities.length, 1)
  t.strictSame(bundle, authorities)
  t.strictSame(leaf?.signers, authorities)
})

const CASES = [
  { name: 'left alone', faults: [] },
  { name: 'with Secrets deleted and damaged', faults: [damage] },
  { name: 'with Secrets and caBundles edited by hand', faults: [damage, edit] },
]

for (const { name, faults } of CASES) {
  t.test(`no replica ever serves what a caBundle of a moment ago does not trust: ${name}`, async t => {
    fc.assert(
      fc.property(events(faults), list => {
        const world = started()
        for (const entry of list) {
          happen(world, entry)
          const found = world.untrusted()
          if (found.length > 0) throw new Error(found.join('\n'))
        }
      }),
      { numRuns: 400 },
    )
    t.pass()
  })
}

t.test(
  'whatever happened, all comes to rest with one authority that signs, is trusted, and is served by all',
  async t => {
    fc.assert(
      fc.property(events([damage, edit]), list => {
        const world = started()
        for (const entry of list) happen(world, entry)
        calm(world, 100)
        world.restartReplica(0, 0)
        world.restartReplica(1, 0)
        calm(world, 120)
        // A renewal may be under way at any moment, so the rest need not be the last.
        let rested = false
        calm(world, 400, () => {
          const { authorities, signs, bundle, clean, leaf, served, nowMs } = world.state()
          const [only] = authorities
          rested ||=
            authorities.length === 1 &&
            signs &&
            clean &&
            bundle.join() === only &&
            leaf?.sound === true &&
            leaf.signer === only &&
            leaf.notAfterMs > nowMs &&
            served.every(signer => signer === only)
        })
        return rested
      }),
      { numRuns: 100 },
    )
    t.pass()
  },
)

t.test('authorities are replaced again and again without a moment of distrust', async t => {
  const world = started()
  const seen = new Set<string>()
  const found: string[] = []
  calm(world, 3000, () => {
    for (const id of world.state().authorities) seen.add(id)
    found.push(...world.untrusted())
  })
  t.strictSame(found, [])
  t.ok(seen.size >= 6, `${seen.size} authorities`)
})
