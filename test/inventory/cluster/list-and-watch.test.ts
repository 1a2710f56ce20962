import t from 'tap'
import { fakeNamespace, fakeNode, fakeReport } from '../../support/fake-api-objects.ts'
import { FAKE_PATHS, type FakeApiServer } from '../../support/fake-api-server.ts'
import { until } from '../../support/until.ts'
import { follow, startServer } from './followed-cluster.ts'

const fill = (server: FakeApiServer, count: number): void => {
  for (let at = 0; at < count; at++) {
    server.nodes.put(fakeNode(`n${at}`))
    server.reports.put(fakeReport(`n${at}`))
  }
  server.namespaces.put(fakeNamespace('audited', 'audit'))
  server.runtimeclasses.put({ metadata: { name: 'kata' }, handler: 'kata' })
}

const nodeLists = (server: FakeApiServer): string[] =>
  server.requests.filter(line => line.startsWith(`GET ${FAKE_PATHS.nodes}?`) && !line.includes('watch=true'))

for (const streamsLists of ['yes', 'refused', 'ignored'] as const) {
  t.test(`everything is listed and followed where WatchList is: ${streamsLists}`, async t => {
    const server = await startServer(t)
    server.offers.streamsLists = streamsLists
    fill(server, 7)
    const { inventory, roster, logged } = follow(t, server, { initialQuietMs: 50 })
    t.equal(inventory.loaded(), false)
    t.ok(inventory.conditions().every(({ check }) => check() === 'not listed yet'))
    await until(() => inventory.loaded())
    t.equal(roster.size, 7)
    t.equal(roster.judge('n6', performance.now()).state, 'Ready')
    t.equal(roster.namespaceMode('audited'), 'audit')
    t.equal(roster.runtimeClass('kata')?.handler, 'kata')
    t.ok(inventory.conditions().every(({ check }) => check() === null))
    t.equal(nodeLists(server).length, streamsLists === 'yes' ? 0 : 3, 'three nodes a page')
    t.equal(logged.filter(({ level }) => level === 'warn').length, 0)

    await until(() => server.nodes.openWatches === 1 && server.reports.openWatches === 1)
    server.nodes.put(fakeNode('late'))
    server.reports.put(fakeReport('late'))
    server.nodes.remove('n0')
    server.namespaces.put(fakeNamespace('audited', 'warn'))
    server.runtimeclasses.remove('kata')
    await until(() => roster.judge('late', performance.now()).state === 'Ready' && !roster.knows('n0'))
    await until(() => roster.namespaceMode('audited') === 'warn' && roster.runtimeClass('kata') === undefined)
    t.equal(roster.size, 7)
  })
}

for (const gone of ['status', 'event'] as const) {
  t.test(`a version that is gone, told as ${gone}, leads to a new list that never empties what is known`, async t => {
    const server = await startServer(t)
    server.offers.gone = gone
    fill(server, 20)
    const { inventory, roster } = follow(t, server)
    await until(() => inventory.loaded() && server.nodes.openWatches === 1)
    let smallest = roster.size
    // Every change of the roster is seen, however short the moment.
    const sizes = setInterval(() => {
      smallest = Math.min(smallest, roster.size)
    }, 0)
    t.teardown(() => clearInterval(sizes))
    const { removeNode } = roster
    roster.removeNode = name => {
      removeNode(name)
      smallest = Math.min(smallest, roster.size)
    }
    server.nodes.closeWatches()
    server.nodes.remove('n3')
    server.nodes.put(fakeNode('new'))
    server.nodes.compact()
    await until(() => roster.knows('new') && !roster.knows('n3'))
    t.equal(roster.size, 20)
    t.equal(smallest, 20, 'one node went and one came, and nothing else ever did')
  })
}

t.test('a version that is gone costs no pause', async t => {
  const server = await startServer(t)
  const { inventory, roster, skip } = follow(t, server, { backoffMinMs: 60_000, backoffMaxMs: 60_000 })
  await until(() => inventory.loaded() && server.nodes.openWatches === 1)
  // So long has the watch lasted that its end is nothing to pause for either.
  skip(2_000)
  server.nodes.closeWatches()
  server.nodes.put(fakeNode('new'))
  server.nodes.compact()
  await until(() => roster.knows('new'))
  t.ok(
    server.requests.filter(request => request.includes('nodes?') && request.includes('sendInitialEvents')).length >= 2,
  )
})

t.test('pages of a new list are never older than what has been seen, unless the server cannot serve that', async t => {
  const server = await startServer(t)
  server.offers.streamsLists = 'refused'
  fill(server, 2)
  let refusals = 0
  const { inventory, roster } = follow(t, server)
  await until(() => inventory.loaded() && server.nodes.openWatches === 1)
  server.requests.length = 0
  server.intercept = (request, response) => {
    const isTooNew =
      request.url?.includes('resourceVersionMatch=NotOlderThan&') || request.url?.endsWith('NotOlderThan')
    if (!isTooNew || request.url?.includes('watch=true')) return false
    refusals += 1
    response.writeHead(504, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ kind: 'Status', message: 'Too large resource version: 9, current: 1', code: 504 }))
    return true
  }
  server.nodes.closeWatches()
  server.nodes.compact()
  server.nodes.put(fakeNode('new'))
  server.nodes.compact()
  await until(() => roster.knows('new'))
  t.equal(refusals, 1)
  t.match(nodeLists(server), [/limit=3&resourceVersion=\d+&resourceVersionMatch=NotOlderThan$/, /limit=3$/])
})

t.test('what is deleted while nobody is connected goes with the next list', async t => {
  const server = await startServer(t)
  fill(server, 5)
  const { inventory, roster } = follow(t, server)
  await until(() => inventory.loaded() && server.reports.openWatches === 1)
  server.reports.closeWatches()
  server.reports.remove('n1')
  server.reports.compact()
  await until(() => roster.reportOf('n1') === undefined)
  t.equal(roster.judge('n1', performance.now()).reason, 'NoReport')
  t.equal(roster.judge('n2', performance.now()).state, 'Ready')
})

t.test('a watch that ends goes on from the last version, bookmarks included', async t => {
  const server = await startServer(t)
  fill(server, 1)
  const { inventory, roster } = follow(t, server)
  await until(() => inventory.loaded() && server.nodes.openWatches === 1)
  // Other kinds have moved the version on; only the bookmark tells the watch of nodes.
  server.namespaces.put(fakeNamespace('x'))
  server.nodes.compact()
  server.nodes.bookmark()
  server.requests.length = 0
  server.nodes.closeWatches()
  server.nodes.put(fakeNode('next'))
  await until(() => roster.knows('next'))
  t.equal(nodeLists(server).length, 0)
  t.equal(server.requests.filter(line => line.includes('sendInitialEvents')).length, 0)
})

t.test(
  'events that come twice change nothing, and events of an unknown type are passed over with one line',
  async t => {
    const server = await startServer(t)
    fill(server, 1)
    const { inventory, roster, logged } = follow(t, server)
    await until(() => inventory.loaded() && server.nodes.openWatches === 1)
    const verdict = roster.judge('n0', performance.now())
    server.nodes.sendLine(`{"type":"MODIFIED","object":${server.nodes.get('n0')}}`)
    server.nodes.sendLine('{"type":"SQUASHED","object":{}}')
    server.nodes.sendLine('{"type":"SQUASHED","object":{}}')
    server.nodes.put(fakeNode('after'))
    await until(() => roster.knows('after'))
    t.equal(roster.judge('n0', performance.now()), verdict, 'the same object: it was not judged again')
    t.strictSame(
      logged.filter(({ level }) => level === 'warn'),
      [{ level: 'warn', message: 'events of an unknown type are passed over', kind: 'nodes', type: 'SQUASHED' }],
    )
  },
)

t.test('initial events that break off again and again are read in pages', async t => {
  const server = await startServer(t)
  fill(server, 4)
  server.intercept = (request, response) => {
    if (!request.url?.includes('sendInitialEvents')) return false
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(`{"type":"ADDED","object":${server.nodes.get('n0')}}\n`, () => response.destroy())
    return true
  }
  const { inventory, roster } = follow(t, server)
  await until(() => inventory.loaded())
  t.equal(roster.size, 4)
  const streams = server.requests.filter(
    line => line.startsWith(`GET ${FAKE_PATHS.nodes}?`) && /sendInitial/.test(line),
  )
  t.equal(streams.length, 3)
})

t.test('pages that do not come whole are asked for smaller', async t => {
  const server = await startServer(t)
  server.offers.streamsLists = 'refused'
  fill(server, 12)
  server.intercept = (request, response) => {
    if (!request.url?.startsWith(`${FAKE_PATHS.nodes}?limit=20`)) return false
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"kind":"NodeList","items":[', () => response.destroy())
    return true
  }
  const { inventory } = follow(t, server, { pageSize: 20 })
  await until(() => inventory.loaded())
  t.match(nodeLists(server), [/limit=20$/, /limit=10$/, /limit=10&continue=10$/])
})

t.test('a server that ends every watch at once is not asked without pause', async t => {
  const server = await startServer(t)
  fill(server, 1)
  const { inventory } = follow(t, server, { backoffMinMs: 40, backoffMaxMs: 40 })
  await until(() => inventory.loaded() && server.nodes.openWatches === 1)
  let watches = 0
  server.intercept = (request, response) => {
    if (!request.url?.startsWith(`${FAKE_PATHS.nodes}?`)) return false
    watches += 1
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end()
    return true
  }
  server.nodes.closeWatches()
  const startMs = performance.now()
  await until(() => watches === 5)
  t.ok(performance.now() - startMs >= 4 * 20, 'half of the pause may be taken off')
})
