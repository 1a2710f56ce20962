// The whole command: a containerd on a unix socket, an API server over TLS, and the agent between them.
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readCapture } from '../support/captures.ts'
import { fakeNode } from '../support/fake-api-objects.ts'
import { type FakeContainerd, startFakeContainerd } from '../support/fake-containerd.ts'
import { type RunningCommand, startCommand } from '../support/run-command.ts'
import { socketFolder } from '../support/socket-folder.ts'
import { until } from '../support/until.ts'
import { type AppliedReport, type FakeReportApi, startFakeReportApi } from './fake-report-api.ts'

const CAPTURE = '2.1.9/a1-soci-from-launch'
const MIXED_CAPTURE = '2.1.9-discard/d2-after-switch'
const BOOT_ID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

interface Scene {
  readonly api: FakeReportApi
  readonly socket: string
  containerd: FakeContainerd
  start(podUID?: string): Promise<RunningCommand & { readonly ops: string }>
  newest(): AppliedReport | undefined
}

const openScene = async (t: Test): Promise<Scene> => {
  const folder = socketFolder(t)
  const socket = join(folder, 'containerd.sock')
  const api = await startFakeReportApi()
  t.teardown(() => api.server.close())
  api.server.nodes.put(fakeNode('node1'))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, api.server.kubeconfig())
  const running = new Set<RunningCommand>()
  const scene: Scene = {
    api,
    socket,
    containerd: await startFakeContainerd(socket, readCapture(CAPTURE)),
    start: async (podUID = 'pod-1') => {
      const flags = [`--kubeconfig=${kubeconfig}`, `--address=${socket}`, '--node-name=node1', `--pod-uid=${podUID}`]
      const command = startCommand(['agent', ...flags, '--ops-host=127.0.0.1', '--ops-port=0', '--log-level=silent'])
      running.add(command)
      await until(() => command.stdout().includes('"listening"'))
      const { opsPort } = JSON.parse(command.stdout())
      return { ...command, ops: `http://127.0.0.1:${opsPort}` }
    },
    newest: () => api.applied.at(-1),
  }
  t.teardown(async () => {
    for (const command of running) command.stop('SIGTERM')
    await Promise.all([...running].map(({ code }) => code))
    await scene.containerd.stop()
  })
  return scene
}

const isVerified = (scene: Scene) => () => scene.newest()?.spec.verified === true

t.test(
  'first that nothing is verified, then what was read, applied with the fields and the owner of the design',
  async t => {
    const scene = await openScene(t)
    const command = await scene.start()
    await until(isVerified(scene))
    const [first, second] = scene.api.applied
    t.match(first?.spec, { verified: false, sequence: 1 })
    t.match(second, {
      metadata: {
        name: 'node1',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node1', uid: 'uid-node1' }],
      },
      spec: {
        ...{ nodeUID: 'uid-node1', bootID: BOOT_ID, agent: { podUID: 'pod-1' }, verified: true, sequence: 2 },
        defaultSnapshotter: { name: 'soci' },
      },
    })
    t.match(scene.api.last, {
      url: '/apis/soci-guard.dev/v1alpha1/nodesnapshotters/node1?fieldManager=soci-guard-agent&force=true',
      contentType: 'application/apply-patch+yaml',
    })
    t.equal((await fetch(`${command.ops}/readyz`)).status, 200)
    t.equal((await fetch(`${command.ops}/healthz`)).status, 200)
    const metrics = await (await fetch(`${command.ops}/metrics`)).text()
    t.match(metrics, /^soci_guard_agent_verified 1$/m)
    t.match(metrics, /^soci_guard_agent_sequence 2$/m)
    t.match(metrics, /^soci_guard_agent_publishes_total\{result="published"\} 2$/m)
    command.stop('SIGTERM')
    t.equal(await command.code, 0)
    t.equal(scene.newest()?.spec.verified, true, 'the last report stays as it is')
  },
)

t.test('events are followed before anything is read', async t => {
  const scene = await openScene(t)
  await scene.start()
  await until(isVerified(scene))
  const paths = scene.containerd.calls.map(call => call.split(' ')[0])
  t.equal(paths[0], '/containerd.services.events.v1.Events/Subscribe')
})

t.test('when containerd goes, the report says so at once; with the next one it is verified anew', async t => {
  const scene = await openScene(t)
  const command = await scene.start()
  await until(isVerified(scene))
  const startMs = performance.now()
  await scene.containerd.stop()
  await until(() => scene.newest()?.spec.verified === false)
  // A second on a machine of its own, which this one need not be; nothing else would tell it for minutes.
  t.ok(performance.now() - startMs < 5000, 'at once')
  t.match(scene.newest()?.spec, { defaultSnapshotter: { name: 'soci' } }, 'the last facts stay')
  t.equal((await fetch(`${command.ops}/readyz`)).status, 503)
  scene.containerd = await startFakeContainerd(scene.socket, readCapture(CAPTURE))
  await until(isVerified(scene))
})

t.test('a change is published at its event, and events without a change are not', async t => {
  const scene = await openScene(t)
  await scene.start()
  await until(isVerified(scene))
  // After the first sweep everything is read once more, a second later.
  await new Promise(resolve => setTimeout(resolve, 1500))
  const before = scene.api.applied.length
  for (let i = 0; i < 50; i++) scene.containerd.emit('/containers/create')
  await new Promise(resolve => setTimeout(resolve, 700))
  t.equal(scene.api.applied.length, before)
  Object.assign(scene.containerd.answers, readCapture(MIXED_CAPTURE))
  const startMs = performance.now()
  scene.containerd.emit('/containers/create')
  await until(() => scene.newest()?.spec.mixed !== undefined)
  // The next sweep without an event is minutes away; how fast it is, npm run bench:node measures.
  t.ok(performance.now() - startMs < 5000, 'at its event')
})

t.test('numbers and the latch go on over a restart of the agent, though the evidence is gone', async t => {
  const scene = await openScene(t)
  const mixed = readCapture(MIXED_CAPTURE)
  Object.assign(scene.containerd.answers, mixed)
  const first = await scene.start()
  await until(() => scene.newest()?.spec.mixed !== undefined && isVerified(scene)())
  const last = scene.newest()
  first.stop('SIGTERM')
  await first.code
  const clean = readCapture(CAPTURE)
  // The same root folder: it is the same node.
  clean['introspection.Server'] = mixed['introspection.Server']
  Object.assign(scene.containerd.answers, clean)
  await scene.start('pod-2')
  await until(() => scene.newest()?.spec.agent.podUID === 'pod-2' && isVerified(scene)())
  t.strictSame(scene.newest()?.spec.mixed, last?.spec.mixed)
  t.ok((scene.newest()?.spec.sequence ?? 0) > (last?.spec.sequence ?? 0))
})

t.test('a Node that is made anew under the same name gets a report of its own', async t => {
  const scene = await openScene(t)
  await scene.start()
  await until(isVerified(scene))
  scene.api.server.nodes.put({ ...fakeNode('node1'), metadata: { name: 'node1', uid: 'uid-anew' } })
  scene.api.collect('node1')
  // Whatever makes it publish next; else the next renewal would find out.
  await scene.containerd.stop()
  await until(() => scene.newest()?.spec.nodeUID === 'uid-anew')
})
