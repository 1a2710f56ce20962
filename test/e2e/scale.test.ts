import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { inParallel } from './cluster/in-parallel.ts'
import { createNodes } from './cluster/nodes.ts'
import { createReports, REPORT_CHANGES, type ReportChange, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { bindOutcome } from './faults/bind-outcome.ts'
import { streamBinds } from './faults/bind-stream.ts'
import { guardLog } from './guard/guard-log.ts'
import { everyReplica } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(120_000)

const NODES = 300

t.test('when the evidence of many nodes goes bad at once', { timeout: 110_000 }, async t => {
  const { plane, kubelet } = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
  })
  const names = Array.from({ length: NODES }, (_, index) => `many-${index}`)
  await createNodes(
    plane.admin,
    ['silent-1', ...names].map(name => ({ name })),
  )
  await createReports(plane.admin, names)
  const report = (change: ReportChange) => inParallel(names, 8, name => writeReport(plane.admin, name, change))
  const metric = (sample: string, value: number) =>
    everyReplica(kubelet, `${sample} ${value}`, samples => samples.get(sample) === value)
  // Without a report, and with one that is not verified yet.
  await metric('soci_guard_nodes{state="Unverified"}', 2)
  await metric('soci_guard_outage', 0)
  const lossMs = Date.now()

  t.test('a loss of what most agents say stops nothing that was Ready', async t => {
    await report({ verified: false })
    await metric('soci_guard_outage', 1)
    const stream = streamBinds(plane.admin, HELD)
    await sleep(2_000)
    const { answers, wrong, failed } = await stream.stop()
    t.ok(answers > 200)
    t.strictSame(wrong, [])
    t.strictSame(failed, [])
  })

  t.test('a node that turns bad in the loss is refused', async t => {
    await writeReport(plane.admin, 'many-7', { ...REPORT_CHANGES.Mixed, verified: false })
    await steadily('the answer', 'deny', async () => String(await bindOutcome(plane.admin, 'many-7')))
    await steadily('the answer', 'allow', async () => String(await bindOutcome(plane.admin, 'many-8')))
    t.strictSame(await bindOutcome(plane.admin, 'mixed-1'), 'deny')
  })

  t.test('each replica tells of the loss once, and of its end', async t => {
    await report({})
    await metric('soci_guard_outage', 0)
    const told = () =>
      guardLog(kubelet)
        .filter(({ outage, time }) => outage !== undefined && Date.parse(String(time)) >= lossMs)
        .map(({ outage }) => outage)
    await waitFor('the end in both logs', () => told().filter(outage => outage === false).length === 2)
    t.strictSame(told(), [true, false, true, false])
  })

  t.test('nothing went wrong beside the tests', async t => t.strictSame(kubelet.problems, []))
})

/** What is right in the loss: what was Ready stays so, and what never was does not become so. */
const HELD = {
  'many-0': 'allow',
  'many-299': 'allow',
  'good-1': 'allow',
  'mixed-1': 'deny',
  'broken-1': 'deny',
  'silent-1': 'deny',
  'no-such-node': 'deny',
} as const
