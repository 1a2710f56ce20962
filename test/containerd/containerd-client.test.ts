import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ContainerdEvent, createContainerdClient } from '../../src/containerd/containerd-client.ts'
import { CALLS } from '../../src/report/facts/calls.ts'
import { HANGS, startFakeContainerd } from '../support/fake-containerd.ts'
import { socketFolder } from '../support/socket-folder.ts'
import { until } from '../support/until.ts'

const OPTIONS = { deadlineMs: 20_000 }
const SERVER = { uuid: 'u', pid: '812', pidns: '4026531836' }

const start = async (t: Test, answers: Record<string, unknown>) => {
  const socket = join(socketFolder(t), 'c.sock')
  const daemons = [await startFakeContainerd(socket, answers)]
  const client = createContainerdClient({ address: socket })
  t.teardown(async () => {
    client.close()
    await daemons.at(-1)?.stop()
  })
  const restart = async (): Promise<void> => {
    await daemons.at(-1)?.stop()
    daemons.push(await startFakeContainerd(socket, answers))
  }
  return { client, restart, daemon: () => daemons.at(-1) as (typeof daemons)[number] }
}

t.test('the session tells one process of containerd from another', async t => {
  const { client } = await start(t, { [CALLS.server]: SERVER })
  t.strictSame(await client.session(OPTIONS), { uuid: 'u', pid: 812, pidns: '4026531836' })
})

t.test('an error is the answer: its code and its words', async t => {
  const { client } = await start(t, { [CALLS.images]: { code: 8, message: 'too large' } })
  t.strictSame(await client.images(OPTIONS), { code: 8, message: 'too large' })
  t.strictSame(await client.version(OPTIONS), { code: 12, message: 'unknown method version.Version' })
})

t.test('a call that hangs ends at its deadline, or when it is aborted', async t => {
  const { client } = await start(t, { [CALLS.version]: HANGS, [CALLS.containers]: HANGS })
  t.match(await client.version({ deadlineMs: 50 }), { code: 4 })
  t.match(await client.containers({ deadlineMs: 50 }), { code: 4 })
  t.match(await client.version({ deadlineMs: 60_000, signal: AbortSignal.abort() }), { code: 1 })
  t.match(await client.version({ deadlineMs: 60_000, signal: AbortSignal.timeout(50) }), { code: 1 })
})

t.test('a list of any length comes whole', async t => {
  const containers = Array.from({ length: 1500 }, (_, at) => ({ id: `c${at}`, snapshotter: 'soci' }))
  const blobs = Array.from({ length: 1500 }, (_, at) => ({ digest: `sha256:${at}`, labels: {} }))
  const { client } = await start(t, { [CALLS.containers]: { containers }, [CALLS.content]: blobs })
  t.equal(((await client.containers(OPTIONS)) as { containers: [] }).containers.length, 1500)
  t.equal(((await client.content([], OPTIONS)) as []).length, 1500)
})

t.test('after a restart of containerd the same client works again', async t => {
  const { client, restart, daemon } = await start(t, { [CALLS.server]: SERVER })
  await client.session(OPTIONS)
  await daemon().stop()
  t.match(await client.session(OPTIONS), { code: 14 })
  await restart()
  let session = await client.session(OPTIONS)
  while ('code' in session) session = await client.session(OPTIONS)
  t.match(session, { uuid: 'u' })
})

t.test('events come with their topic and what they are about', async t => {
  const { client, daemon } = await start(t, { [CALLS.server]: SERVER })
  const events: ContainerdEvent[] = []
  const stop = new AbortController()
  client.events(stop.signal, { onEvent: event => events.push(event), onLost: ({ message }) => t.fail(message) })
  await until(() => daemon().followers() === 1)
  daemon().emit('/images/create', 'docker.io/library/a:1')
  daemon().emit('/snapshot/remove')
  await until(() => events.length === 2)
  t.strictSame(events, [
    { topic: '/images/create', subject: 'docker.io/library/a:1' },
    { topic: '/snapshot/remove', subject: '' },
  ])
  stop.abort()
  await until(() => daemon().followers() === 0)
})

t.test('the loss of the events is told once, and not when they were given up', async t => {
  const { client, daemon } = await start(t, {})
  let lost = 0
  const listener = {
    onEvent: () => {},
    onLost: () => {
      lost += 1
    },
  }
  const givenUp = new AbortController()
  client.events(givenUp.signal, listener)
  client.events(new AbortController().signal, listener)
  await until(() => daemon().followers() === 2)
  givenUp.abort()
  await until(() => daemon().followers() === 1)
  await daemon().stop()
  await until(() => lost > 0)
  t.equal(lost, 1)
})

t.test('events of a containerd that is not there are lost at once', async t => {
  const { client, daemon } = await start(t, {})
  await daemon().stop()
  const code = await new Promise(resolve => {
    client.events(new AbortController().signal, { onEvent: () => {}, onLost: ({ code }) => resolve(code) })
  })
  t.equal(code, 14)
})
