import { join } from 'node:path'
import t from 'tap'
import { createPluginPulse } from '../../src/agent/plugin-pulse.ts'
import { snapshotsCall } from '../../src/report/facts/calls.ts'
import { type FakeContainerd, startFakeContainerd } from '../support/fake-containerd.ts'
import { socketFolder } from '../support/socket-folder.ts'
import { until } from '../support/until.ts'

const TIMES = { everyMs: 10, deadlineMs: 2000 }
const LIST = snapshotsCall('')

const answers = [
  { name: 'it lists its snapshots', answer: [], responds: true },
  {
    name: 'it has none yet',
    answer: { code: 2, message: 'metadata: bucket does not exist: not found' },
    responds: true,
  },
  { name: 'it is something else', answer: { code: 12, message: 'unknown service' }, responds: false },
]

t.test('what the plugin answers is a change only when the last sweep found otherwise', async t => {
  for (const { name, answer, responds } of answers) {
    const socket = join(socketFolder(t), 'p.sock')
    const plugin = await startFakeContainerd(socket, { [LIST]: answer })
    const ending = new AbortController()
    let changes = 0
    const pulse = createPluginPulse(TIMES, () => changes++, ending.signal)
    const found = (asFound: boolean): void =>
      pulse.found({ name: 'soci', address: socket, root: '', registered: true, responds: asFound })
    found(responds)
    await until(() => plugin.calls.length > 3)
    t.equal(changes, 0, name)
    found(!responds)
    await until(() => changes > 0)
    ending.abort()
    await plugin.stop()
  }
})

t.test('a plugin that dies and comes back is noticed both times', async t => {
  const socket = join(socketFolder(t), 'p.sock')
  let plugin: FakeContainerd = await startFakeContainerd(socket, { [LIST]: [] })
  const ending = new AbortController()
  let changes = 0
  const pulse = createPluginPulse(TIMES, () => changes++, ending.signal)
  const found = (responds: boolean): void => {
    changes = 0
    pulse.found({ name: 'soci', address: socket, root: '', registered: true, responds })
  }
  found(true)
  await until(() => plugin.calls.length > 1)
  await plugin.stop()
  await until(() => changes > 0)
  found(false)
  plugin = await startFakeContainerd(socket, { [LIST]: [] })
  await until(() => changes > 0)
  found(true)
  const calls = plugin.calls.length
  await until(() => plugin.calls.length > calls + 2)
  t.equal(changes, 0)
  ending.abort()
  await plugin.stop()
})
