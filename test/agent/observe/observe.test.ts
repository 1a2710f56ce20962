import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ObserveOptions, observe } from '../../../src/agent/observe/observe.ts'
import { createContainerdClient } from '../../../src/containerd/containerd-client.ts'
import { CALLS } from '../../../src/report/facts/calls.ts'
import type { Observation } from '../../../src/report/facts/observation.ts'
import { reportFacts } from '../../../src/report/facts/report-facts.ts'
import { readCapture } from '../../support/captures.ts'
import { HANGS, startFakeContainerd } from '../../support/fake-containerd.ts'
import { socketFolder } from '../../support/socket-folder.ts'

const facts = (observation: Observation) => reportFacts(observation, { expectedSnapshotter: 'soci', bootTimeMs: null })

// A node whose snapshotter is at `plugin`; without one the socket of the capture, which is nowhere.
const startNode = async (t: Test, capture: string, plugin?: Record<string, unknown>) => {
  const folder = socketFolder(t)
  const answers = readCapture(capture)
  const socket = join(folder, 'soci.sock')
  for (const { id, exports } of (
    answers[CALLS.plugins] as { plugins: { id: string; exports: Record<string, string> }[] }
  ).plugins)
    if (id === 'soci') exports.address = socket
  const containerd = await startFakeContainerd(join(folder, 'c.sock'), answers)
  const soci = plugin === undefined ? undefined : await startFakeContainerd(socket, plugin)
  const client = createContainerdClient({ address: join(folder, 'c.sock') })
  t.teardown(async () => {
    client.close()
    await containerd.stop()
    await soci?.stop()
  })
  const look = (options: Partial<ObserveOptions> = {}) =>
    observe(client, { expectedSnapshotter: 'soci', deadlineMs: 1000, ...options })
  return { containerd, soci, look, socket }
}

// What a fresh SOCI answers to a direct List, until its first write.
const FRESH_SOCI = { 'snapshots.List.': { code: 2, message: 'bucket does not exist: not found' } }

for (const capture of [
  '1.6.20/c3-after-failed-pod',
  '1.7.24-discard/c4-after-repull-pause',
  '2.1.9/m-multi-arch-discard-true',
  '2.3.4-discard/d3-after-failed-pod',
  '2.4.2-modes/p1-parallel',
  '2.4.2-modes/q5-soci-root-wiped',
]) {
  t.test(`what ${capture} answers over gRPC gives the facts of the capture`, async t => {
    const { look, containerd } = await startNode(t, capture, FRESH_SOCI)
    const found = facts(await look())
    const want = facts(containerd.answers)
    t.strictSame({ ...found, snapshotters: null }, { ...want, snapshotters: null })
    t.equal(found.snapshotters.find(({ name }) => name === 'soci')?.responds, true)
  })
}

t.test("every read of a namespace is of CRI's, and other ones are never asked for", async t => {
  const { look, containerd } = await startNode(t, '2.4.2/a1-soci-from-launch', FRESH_SOCI)
  await look()
  t.strictSame([...new Set(containerd.calls.map(call => call.split(' ')[1]))], ['k8s.io'])
})

t.test('a plugin is alive when it answers anything on its own socket, and silent when it does not', async t => {
  const table = [
    { name: 'a fresh one', plugin: FRESH_SOCI, want: true },
    { name: 'one with snapshots', plugin: { 'snapshots.List.': [] }, want: true },
    { name: 'one that hangs', plugin: { 'snapshots.List.': HANGS }, want: false },
    { name: 'one that is something else', plugin: {}, want: false },
    { name: 'one that is not there', plugin: undefined, want: false },
  ]
  for (const { name, plugin, want } of table) {
    await t.test(name, async t => {
      const { look } = await startNode(t, '2.4.2/a0-fresh-soci', plugin)
      t.equal(facts(await look()).snapshotters.find(snapshotter => snapshotter.name === 'soci')?.responds, want)
    })
  }
})

t.test('a plugin in a folder that is not mounted is not called silent', async t => {
  const { look, containerd } = await startNode(t, '2.4.2/a0-fresh-soci')
  const plugins = (containerd.answers[CALLS.plugins] as { plugins: { id: string; exports: Record<string, string> }[] })
    .plugins
  for (const plugin of plugins) if (plugin.id === 'soci') plugin.exports.address = '/nowhere/at/all/soci.sock'
  const soci = facts(await look()).snapshotters.find(({ name }) => name === 'soci')
  t.strictSame(soci, {
    name: 'soci',
    address: '/nowhere/at/all/soci.sock',
    root: '/nodes/a-2.4.2/soci',
    registered: true,
    responds: null,
  })
})

t.test('CRI credentials are told by the plugin itself', async t => {
  const serving = { ...FRESH_SOCI, [CALLS.imageFs]: { image_filesystems: [] } }
  t.equal(
    facts(await (await startNode(t, '2.4.2/a0-fresh-soci', serving)).look()).registryAuthentication,
    'CRICredentials',
  )
})

t.test('a call that hangs costs its deadline and its fact, and nothing else', async t => {
  const { look, containerd } = await startNode(t, '2.4.2/a1-soci-from-launch', FRESH_SOCI)
  containerd.answers[CALLS.containers] = HANGS
  containerd.answers['snapshots.List.soci'] = HANGS
  const startedAtMs = performance.now()
  const found = facts(await look())
  t.ok(performance.now() - startedAtMs < 10_000)
  t.strictSame(found.containers, { bySnapshotter: null, foreign: null })
  t.strictSame(found.images, { total: 3, foreign: [], stranded: null, recoverable: null, missing: null })
  t.equal(found.defaultSnapshotter.name, 'soci')
})

t.test('a method that this containerd does not have is an error in the place of its answer', async t => {
  const { look, containerd } = await startNode(t, '2.4.2/a1-soci-from-launch', FRESH_SOCI)
  delete containerd.answers[CALLS.server]
  const observation = await look()
  t.strictSame(observation[CALLS.server], { code: 12, message: 'unknown method introspection.Server' })
  t.equal(facts(observation).runtime.rootUUID, '')
})

t.test('containerd that is not there tells nothing, and every call says so', async t => {
  const { look, containerd, socket } = await startNode(t, '2.4.2/a1-soci-from-launch', FRESH_SOCI)
  await containerd.stop()
  await rm(socket, { force: true })
  const observation = await look()
  t.match(observation[CALLS.version], { code: 14 })
  t.strictSame(facts(observation).defaultSnapshotter, { name: '', source: '' })
})

t.test("passwords in CRI's configuration do not get into an observation", async t => {
  const { look, containerd } = await startNode(t, '1.7.24-discard/a1-soci-from-launch', FRESH_SOCI)
  const status = containerd.answers[CALLS.criStatus] as { info: Record<string, string> }
  const config = JSON.parse(status.info.config ?? '')
  config.registry.configs = { 'registry.example': { auth: { username: 'me', password: 'open-sesame' } } }
  status.info.config = JSON.stringify(config)
  const observation = await look()
  t.notMatch(JSON.stringify(observation), 'open-sesame')
  t.equal(facts(observation).defaultSnapshotter.source, 'Status')
})
