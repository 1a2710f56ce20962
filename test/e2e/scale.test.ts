import t from 'tap'
import { inParallel } from './cluster/in-parallel.ts'
import { createNodes } from './cluster/nodes.ts'
import { createReports, REPORT_CHANGES, writeReport } from './cluster/reports.ts'
import { streamBinds } from './faults/bind-stream.ts'
import { guardLog } from './guard/guard-log.ts'
import { everyReplica } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
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
    names.map(name => ({ name })),
  )
  await createReports(plane.admin, names)
  const outage = (value: number) =>
    everyReplica(kubelet, `outage ${value}`, samples => samples.get('soci_guard_outage') === value)
  const report = (change: Record<string, unknown>) =>
    inParallel(names, 8, name => writeReport(plane.admin, name, change))
  await everyReplica(kubelet, 'the reports', samples => samples.get('soci_guard_nodes{state="Unverified"}') === 1)

  t.test('a loss of what most agents say stops nothing that was Ready, and a bad node is still refused', async t => {
    const right = {
      'many-1': 'allow',
      'good-1': 'allow',
      'mixed-1': 'deny',
      'broken-1': 'deny',
      'starting-1': 'deny',
    } as const
    await report({ verified: false })
    await outage(1)
    const stream = streamBinds(plane.admin, { ...right, 'many-299': 'allow' })
    await writeReport(plane.admin, 'good-2', { ...REPORT_CHANGES.Mixed, verified: false })
    await everyReplica(
      kubelet,
      'the bad one among them',
      samples => (samples.get('soci_guard_nodes{state="Mixed"}') ?? 0) >= 1,
    )
    const { wrong, failed, answers } = await stream.stop()
    t.ok(answers > 0)
    t.strictSame(wrong, [])
    t.strictSame(failed, [])
  })

  t.test('the loss is told once, and its end too', async t => {
    await report({})
    await outage(0)
    t.comment(
      guardLog(kubelet)
        .map(line => JSON.stringify(line))
        .filter(line => /outage/i.test(line))
        .join('\n'),
    )
  })

  t.test('nothing went wrong beside the tests', async t => t.strictSame(kubelet.problems, []))
})
