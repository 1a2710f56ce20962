import type { Test } from 'tap'
import type { Api } from '../e2e/cluster/api.ts'
import { writeReport } from '../e2e/cluster/reports.ts'
import { everyReplica } from '../e2e/guard/guard-metrics.ts'
import { KUBELET_NODE, type TestCluster } from '../e2e/test-cluster.ts'
import { startClearing } from './load/clear-placed.ts'
import { type DirectBinds, startDirectBinds } from './load/direct-binds.ts'
import { SCHEDULED_PREFIX, startScheduledPods } from './load/scheduled-pods.ts'
import { NEVER_HELD_UP, type SystemPods, startSystemPods } from './load/system-pods.ts'
import { createRandom, type Random } from './random.ts'
import { startTimeline, type Timeline } from './timeline.ts'
import { startWatcher, type WatcherReport } from './watcher/watcher.ts'
import { startWorldChanger, type WorldChanger } from './world/change-world.ts'
import { type ReportWriters, startReportWriters } from './world/report-writers.ts'
import { createWorld, type World } from './world/world.ts'

/** What a run of chaos is made of. */
export interface ChaosOptions {
  cluster: TestCluster
  seed: number
  nodes: number
  /** How long the guard may take to hear a truth. */
  allowanceMs: number
  tell(line: string): void
}

/** A cluster under load whose nodes change all the time, and who watches it. */
export interface Chaos {
  readonly timeline: Timeline
  readonly world: World
  readonly writers: ReportWriters
  readonly changer: WorldChanger
  readonly binds: DirectBinds
  readonly system: SystemPods
  /** Numbers of the seed's for whatever else is chosen. */
  readonly random: Random
  /** Tells the watcher that the API server does not answer from now on; the function returned, that it is ready again. */
  serverGoesDown(): () => void
  /** No more pods for the scheduler. */
  endSchedule(): Promise<void>
  /** Ends the load, and lets the watcher judge. */
  verdict(): Promise<WatcherReport>
}

const WRITERS = 4
const RENEW_MS = 15_000
const SETTLE_MS = 60_000
const LANES = 6

/** Creates the nodes, waits until all of them are Ready for everybody, and starts changes and load; all of it ends with the test. */
export async function startChaos(t: Test, { cluster, seed, nodes, allowanceMs, tell }: ChaosOptions): Promise<Chaos> {
  const { plane, kubelet } = cluster
  const timeline = startTimeline(tell)
  const seeded = (purpose: number) => createRandom(seed * 16 + purpose)
  const { server, files } = plane
  const authorityPem = files.authority.certificatePem
  const client = (connections: number): Api => plane.api(files.admin, connections)
  timeline.note(`seed ${seed}`)

  const watcher = startWatcher()
  t.teardown(watcher.stop)
  const writers = startReportWriters(WRITERS, { server, authorityPem, renewEveryMs: RENEW_MS })
  t.teardown(writers.stop)
  const names = Array.from({ length: nodes }, (_, index) => `chaos-${String(index).padStart(3, '0')}`)
  const world = await createWorld(plane, writers, names)
  const renewal = setInterval(() => writeReport(plane.admin, KUBELET_NODE).catch(() => undefined), RENEW_MS)
  t.teardown(() => clearInterval(renewal))
  await everyReplica(
    kubelet,
    'all nodes Ready',
    samples => samples.get('soci_guard_nodes{state="Ready"}') === nodes + 1,
  )
  timeline.note(`${nodes} nodes are Ready`)

  const asAgent = (token: string) => plane.api({ token }, 1)
  const changer = startWorldChanger({ world, admin: client(2), asAgent, random: seeded(1), everyMs: 250 })
  t.teardown(changer.stop)
  const choice = seeded(2)
  const badNode = () => {
    const bad = names.filter(name => world.seat(name).condition !== 'Ready')
    return choice.pick(bad.length > 0 ? bad : names)
  }
  const choose = () => {
    const recent = changer.recent()
    const dice = choice.next()
    if (dice < 0.3 && recent.length > 0) return choice.pick(recent)
    return dice < 0.55 ? badNode() : choice.pick(names)
  }
  const binds = startDirectBinds({ api: client(LANES), random: seeded(3), lanes: LANES, choose })
  const system = startSystemPods(client(2), badNode)
  const scheduled = startScheduledPods(client(2), 100)
  const stopClearing = startClearing(client(1), 3_000)
  t.teardown(stopClearing)
  t.teardown(() => Promise.all([binds.stop(), system.stop(), scheduled.stop()]))

  const serverDown: { fromMs: number; toMs: number }[] = []
  return {
    ...{ timeline, world, writers, changer, binds, system, random: seeded(4) },
    serverGoesDown: () => {
      const down = { fromMs: Date.now(), toMs: Number.MAX_SAFE_INTEGER }
      serverDown.push(down)
      return () => {
        down.toMs = Date.now()
      }
    },
    endSchedule: scheduled.stop,
    verdict: async () => {
      stopClearing()
      await Promise.all([binds.stop(), system.stop(), scheduled.stop(), changer.stop()])
      timeline.note('the load has ended')
      return watcher.finish({
        auditLog: files.auditLog,
        outageFraction: 0.55,
        terms: { allowanceMs, serverDown, exempt: [...NEVER_HELD_UP] },
        scheduledPrefix: SCHEDULED_PREFIX,
      })
    },
  }
}

/** Waits until every pod of the scheduler's has a node; resolves with the names of those that have none in the end. */
export async function unplacedPods(api: Api): Promise<string[]> {
  const selector = encodeURIComponent('chaos.soci-guard.dev/load=scheduled')
  const field = encodeURIComponent('spec.nodeName=')
  const endMs = Date.now() + SETTLE_MS
  for (;;) {
    const pods = await api.list(`/api/v1/namespaces/default/pods?labelSelector=${selector}&fieldSelector=${field}`)
    if (pods.length === 0 || Date.now() > endMs) return pods.map(({ metadata }) => metadata.name)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}
