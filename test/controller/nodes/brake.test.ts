import t from 'tap'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { nodeNow, servePatches } from '../../support/fake-node-patches.ts'
import { until } from '../../support/until.ts'
import { createReporter, REPORTED, startControlled, startServer } from './controlled.ts'

const names = Array.from({ length: 20 }, (_, at) => `node${at}`)
const first = names[0] as string

const start = async (t: Parameters<typeof startServer>[0]) => {
  const server = await startServer(t)
  const report = createReporter(server)
  const patches = servePatches(server)
  for (const name of names) {
    server.nodes.put(fakeNode(name))
    report(name)
  }
  const controlled = await startControlled(t, server)
  const taint = (name: string) => nodeNow(server, name).spec.taints?.[0]?.value ?? null
  const label = (name: string) => nodeNow(server, name).metadata.labels?.['soci-guard.dev/state']
  const tainted = () => names.filter(name => taint(name) !== null)
  await until(() => names.every(name => nodeNow(server, name).status.conditions?.[0]?.status === 'True'))
  return { server, report, patches, controlled, taint, label, tainted }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

t.test('when every report goes at once no node is tainted, what is stays, and it goes on by itself', async t => {
  const { server, report, patches, controlled, taint, label, tainted } = await start(t)
  report(first, REPORTED.Mixed)
  await until(() => taint(first) === 'Mixed')
  const written = patches.length
  for (const name of names) server.reports.remove(name)
  await until(() => controlled.brake.reason()?.startsWith('20 of') === true)
  t.equal(
    controlled.brake.reason(),
    '20 of the 20 nodes judged by reports are Unverified, and the reports of 0 more are overdue: no node is tainted, and what is held against nodes stays, until the agents are back',
  )
  await pause(800)
  t.strictSame(tainted(), [first])
  t.equal(taint(first), 'Mixed', 'what was known stays')
  // The status of the first may have been under way.
  t.ok(patches.length - written <= 1)

  // A violation that is told in an outage is labelled, and tainted when the outage is over; a Ready one is believed.
  report('node1', REPORTED.NotDefault)
  report(first)
  await until(() => label('node1') === 'NotDefault' && taint(first) === null)
  t.strictSame(tainted(), [])
  for (const name of names.slice(2, 19)) report(name)
  await until(() => taint('node1') === 'NotDefault')
  t.equal(controlled.brake.level(), 'late', 'the last agents get a while')
  t.strictSame(tainted(), ['node1'])
  controlled.skip(31_000)
  await until(() => tainted().length === 2)
  t.strictSame(tainted(), ['node1', 'node19'])
  t.equal(controlled.brake.reason(), null)
})

t.test('reports that go stale one after the other taint no node either', async t => {
  const { report, controlled, tainted, label } = await start(t)
  // Half of them renew for the last time a while after the others, as agents do.
  controlled.skip(55_000)
  for (const name of names.slice(10)) report(name)
  await until(() => controlled.roster.reportMovedAtMs('node19') !== controlled.roster.reportMovedAtMs('node0'))
  await pause(150)
  controlled.skip(94_000)
  t.equal(controlled.brake.level(), 'off', 'half is within what is allowed')
  controlled.skip(800)
  await pause(150)
  controlled.skip(10_000)
  await pause(1500)
  t.ok(controlled.brake.level() !== 'off')
  t.strictSame(tainted(), [])
  // What is no lack of evidence goes on.
  report('node3', REPORTED.Mixed)
  await until(() => label('node3') === 'Mixed')
})

t.test('where the configuration says deny there is no brake', async t => {
  const { server, controlled, tainted } = await start(t)
  controlled.configuration = { ...controlled.configuration, outage: { fraction: 0.55, answer: 'deny' } }
  for (const name of names) server.reports.remove(name)
  await until(() => tainted().length === 20)
  t.equal(controlled.brake.reason(), null)
})
