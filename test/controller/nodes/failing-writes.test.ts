import type { ServerResponse } from 'node:http'
import t from 'tap'
import { statusOf } from '../../support/fake-api-collection.ts'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { nodeNow, servePatches } from '../../support/fake-node-patches.ts'
import { until } from '../../support/until.ts'
import { createReporter, REPORTED, startControlled, startServer } from './controlled.ts'

const refuse = (response: ServerResponse, code: number, headers: Record<string, string> = {}): true => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers })
  response.end(statusOf(code, 'Reason', `because ${code}`))
  return true
}

const taintOf = (server: Parameters<typeof nodeNow>[0], name: string) => nodeNow(server, name).spec.taints?.[0]?.value

t.test('while the API server is at a loss little is asked of it, and then all that is due', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  const names = Array.from({ length: 100 }, (_, at) => `node${at}`)
  let isBroken = true
  const patches = servePatches(server, (_name, _part, response) => isBroken && refuse(response, 503))
  for (const name of names) {
    server.nodes.put(fakeNode(name))
    report(name, REPORTED.Mixed)
  }
  const { warned } = await startControlled(t, server)
  await until(() => patches.length > 0)
  await new Promise(resolve => setTimeout(resolve, 1500))
  // Those that were under way when the first failed, and a few attempts since.
  t.ok(patches.length < 32 * 4, `${patches.length} patches`)
  t.match(warned[0], /^a node could not be marked; it is tried again .*because 503/)
  isBroken = false
  await until(() => names.every(name => taintOf(server, name) === 'Mixed'))
})

t.test('429 is heeded for as long as it says', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  let refusals = 0
  const patches = servePatches(server, (_name, part, response) => {
    if (part === 'status' || refusals > 0) return false
    refusals += 1
    return refuse(response, 429, { 'retry-after': '2' })
  })
  server.nodes.put(fakeNode('node1'))
  report('node1', REPORTED.Mixed)
  await startControlled(t, server)
  await until(() => taintOf(server, 'node1') === 'Mixed')
  const [first, second] = patches.filter(({ part }) => part === 'node')
  t.equal(first?.code, 429)
  t.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 1990)
})

t.test('a node that the API server refuses keeps no other from being marked', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  const patches = servePatches(server, (name, _part, response) => name === 'cursed' && refuse(response, 403))
  for (const name of ['node1', 'node2', 'cursed']) {
    server.nodes.put(fakeNode(name))
    report(name)
  }
  await startControlled(t, server)
  for (const name of ['cursed', 'node1', 'node2']) report(name, REPORTED.Mixed)
  await until(() => ['node1', 'node2'].every(name => taintOf(server, name) === 'Mixed'))
  await until(() => patches.filter(({ name, part }) => name === 'cursed' && part === 'node').length >= 3)
  t.equal(taintOf(server, 'cursed'), undefined)
})

t.test('a stop waits for what is under way, and begins nothing more', async t => {
  const server = await startServer(t)
  const report = createReporter(server)
  const waiting: ServerResponse[] = []
  const patches = servePatches(server, (_name, _part, response) => {
    waiting.push(response)
    return true
  })
  for (const name of ['node1', 'node2']) {
    server.nodes.put(fakeNode(name))
    report(name, REPORTED.Mixed)
  }
  const { marker } = await startControlled(t, server)
  await until(() => waiting.length === 4)
  let isStopped = false
  const stopped = marker.stop().then(() => {
    isStopped = true
  })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(isStopped, false)
  for (const response of waiting) refuse(response, 503)
  await stopped
  report('node1')
  await new Promise(resolve => setTimeout(resolve, 700))
  t.equal(patches.length, 4)
})
