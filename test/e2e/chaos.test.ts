import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startChaos, unplacedPods } from '../chaos/chaos.ts'
import { startTaintClock, taintedNodes } from '../chaos/controller-gap.ts'
import { breakInTurn } from '../chaos/fault-plan.ts'
import { allFaults } from '../chaos/faults/all-faults.ts'
import { allReady } from '../chaos/faults/replicas.ts'
import { waitFor } from './cluster/wait-for.ts'
import { scaleController } from './faults/scale-controller.ts'
import { scaleGuard } from './faults/scale-guard.ts'
import { configure } from './guard/guard-configuration.ts'
import { everyReplica, podsOf, readMetrics } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { testFolder } from './guard/test-folder.ts'

/** How long things are broken in turn, each at least once; `npm run test:chaos` takes longer. A seed repeats the order. */
const SECONDS = Number(process.env.SOCI_GUARD_CHAOS_SECONDS ?? 60)
const SEED = Number(process.env.SOCI_GUARD_CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))
const NODES = 200
/** How long a truth may take: to the webhook some milliseconds, by way of BlockedNodes more than a second, and all of it on two busy cores. */
const ALLOWANCE_MS = 3_000

t.setTimeout((SECONDS + 260) * 1_000)

t.test('chaos', { timeout: (SECONDS + 250) * 1_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    // Nothing waits for the webhook, and the policy inside the API server holds without it.
    overlay: 'production',
    controller: true,
    folder: testFolder(t, import.meta.url),
    nodes: [],
    // The watcher reads etcd, and one worker could not take the pods away as fast as they come.
    apiServerFlags: ['--storage-media-type=application/json', '--delete-collection-workers=4'],
  })
  const { plane, kubelet } = cluster
  const { admin } = plane
  // A fifth of it is how long the brake stays on after an outage.
  await configure(cluster, { reportTTLSeconds: 60 })
  await allReady(podsOf(kubelet, 'controller'))
  const chaos = await startChaos(t, {
    ...{ cluster, seed: SEED, nodes: NODES, allowanceMs: ALLOWANCE_MS },
    tell: line => t.comment(line),
  })
  const { timeline, random, binds, system, changer, world } = chaos

  t.test('everything is killed and frozen in turn', { timeout: (SECONDS + 90) * 1_000 }, async t => {
    const faults = allFaults(cluster, chaos)
    const untilMs = Date.now() + SECONDS * 1_000
    const times = { minMs: 2_000, maxMs: 5_000, restMs: 1_500 }
    const broken = await breakInTurn(faults, times, untilMs, random, timeline)
    t.comment(`broken ${broken.length} times`, changer.changes, binds.count)
    t.equal(new Set(broken).size, faults.length, 'every kind of fault came')
  })

  t.test('a pair of controllers survives the kill of one without a gap', { timeout: 60_000 }, async t => {
    await scaleController(cluster, 2)
    changer.paused = true
    const stop = startTaintClock(admin, world, ['chaos-000', 'chaos-001', 'chaos-002'])
    for (const victim of podsOf(kubelet, 'controller')) {
      timeline.note(`${victim.pod.metadata.name} killed`)
      victim.keepers[0]?.current?.signal('SIGKILL')
      await sleep(4_000)
    }
    const times = (await stop()).map(Math.round)
    t.comment('from a truth to the taint, ms', times.join(' '))
    t.ok(Math.max(...times) < 5_000, `${Math.max(...times)} ms`)
    await scaleController(cluster, 1)
    changer.paused = false
  })

  t.test('the brake goes on when most agents lose sight, and off when they see again', { timeout: 90_000 }, async t => {
    changer.paused = true
    const blind = world.names.filter(name => world.seat(name).condition === 'Ready')
    const outage = (value: 0 | 1) =>
      everyReplica(kubelet, `outage ${value}`, samples => samples.get('soci_guard_outage') === value)
    timeline.note(`${blind.length} agents lose sight`)
    for (const name of blind) world.become(name, 'Unverified')
    await outage(1)
    const [controller] = podsOf(kubelet, 'controller')
    const brake = (value: 0 | 1) =>
      waitFor(
        `the controller's brake to be ${value}`,
        async () => {
          const samples = controller && (await readMetrics(controller))
          const levels = ['late', 'outage'].map(level => samples?.get(`soci_guard_controller_brake{level="${level}"}`))
          return levels.some(found => found === 1) === (value === 1)
        },
        { deadlineMs: 40_000 },
      )
    await brake(1)
    // What was under way when it went on still arrives.
    await sleep(2_000)
    const before = await taintedNodes(admin)
    await sleep(3_000)
    const more = [...(await taintedNodes(admin))].filter(name => !before.has(name))
    t.strictSame(more, [], 'no node is tainted while the brake is on')
    t.ok(before.size < world.names.length / 2, `${before.size} nodes were tainted before`)
    for (const name of blind) world.become(name, 'Ready')
    timeline.note('they see again')
    await outage(0)
    // Until then no node is held blocked for lack of evidence, which is the webhook's alone to refuse.
    await brake(0)
    const tainted = await taintedNodes(admin)
    t.strictSame(
      blind.filter(name => tainted.has(name)),
      [],
      'no good node has kept its taint',
    )
    changer.paused = false
  })

  t.test('without a webhook the backstop alone holds the line', { timeout: 60_000 }, async t => {
    timeline.note('no webhook any more')
    await scaleGuard(cluster, 0)
    const refused = () =>
      [...binds.count.refusals].reduce((sum, [text, count]) => sum + (/Policy/.test(text) ? count : 0), 0)
    const first = refused()
    await sleep(8_000)
    const withController = refused()
    t.ok(withController - first > 50, `${withController - first} refusals with the controller`)
    // From here on nobody hears of new truths, and what is known bad is all that the policy can go by.
    changer.paused = true
    await sleep(3_000)
    timeline.note('no controller either')
    await scaleController(cluster, 0)
    const alone = refused()
    await sleep(4_000)
    t.ok(refused() - alone > 25, `${refused() - alone} refusals alone`)
    await scaleController(cluster, 1)
    await scaleGuard(cluster, 2)
    timeline.note('all of them are back')
    changer.paused = false
  })

  t.test('no pod is stuck', { timeout: 100_000 }, async t => {
    await chaos.endSchedule()
    t.strictSame(await unplacedPods(admin), [])
  })

  t.test('nothing of the system was ever held up', async t => {
    t.ok(system.placed > 100, `${system.placed} pods, the slowest bind took ${Math.round(system.slowestMs)} ms`)
    t.strictSame(system.heldUp, [])
  })

  t.test('no agent spoke for another node', async t => {
    t.ok(changer.changes.counts.forged, 'it was tried')
    t.strictSame(changer.changes.forgeriesAccepted, [])
  })

  t.test('the independent watcher saw no pod come onto a node whose last delivered truth was not Ready', async t => {
    const { verdict, ...seen } = await chaos.verdict()
    const { violations, inFlight, ...counts } = verdict
    t.comment({ ...counts, ...seen, inFlight: inFlight.length, violations: violations.length })
    const latest = inFlight.toSorted((a, b) => b.lagMs - a.lagMs).slice(0, 5)
    t.comment(
      'the latest in flight',
      latest.map(({ lagMs, atMs }) => `${timeline.at(atMs)}: ${Math.round(lagMs)} ms`),
    )
    // The first of each second: what was broken then stands in the timeline.
    const told = new Map(violations.toReversed().map(found => [Math.floor(found.atMs / 1_000), found]))
    for (const { atMs, node, why, lagMs } of [...told.values()].reverse())
      t.comment(`VIOLATION at ${timeline.at(atMs)} on ${node}: ${why} for ${Math.round(lagMs)} ms`)
    t.strictSame(violations.slice(0, 3), [])
    t.ok(inFlight.length > 0, 'it would have: some came onto a node in the moment in which it turned bad')
    t.ok(seen.requests >= 10_000, `${seen.requests} binds`)
    t.strictSame(seen.scheduled.stuck, [])
  })

  t.test('nothing went wrong beside the tests', async t => {
    // The API server was killed, which the kubelet noticed.
    t.strictSame(
      kubelet.problems.filter(problem => !/ECONNREFUSED|ECONNRESET|socket hang up/.test(problem)),
      [],
    )
  })
})
