import t from 'tap'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { FAKE_PATHS, type FakeApiServer } from '../../support/fake-api-server.ts'
import { until } from '../../support/until.ts'
import { type FollowedCluster, follow, startServer } from './followed-cluster.ts'

const behind = async (server: FakeApiServer, followed: FollowedCluster): Promise<void> => {
  await until(() => followed.inventory.loaded() && server.nodes.openWatches === 1)
  server.nodes.freeze()
  server.requests.length = 0
}

const nodeReads = (server: FakeApiServer): string[] =>
  server.requests.filter(line => line.startsWith(`GET ${FAKE_PATHS.nodes}/`))

t.test('a node that the watch has not brought yet is asked for once by all who wait', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await behind(server, followed)
  server.nodes.put(fakeNode('new'))
  const answers = await Promise.all([1, 2, 3].map(() => followed.inventory.findNode('new')))
  t.strictSame(answers, [{ found: true }, { found: true }, { found: true }])
  t.equal(followed.roster.factsOf('new')?.uid, 'uid-new')
  t.strictSame(await followed.inventory.findNode('new'), { found: true })
  t.strictSame(nodeReads(server), [`GET ${FAKE_PATHS.nodes}/new`])
})

t.test('that a node is missing is remembered for a second', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await behind(server, followed)
  for (let at = 0; at < 3; at++) t.strictSame(await followed.inventory.findNode('none'), { missing: true })
  t.equal(nodeReads(server).length, 1)
  followed.skip(1001)
  server.nodes.put(fakeNode('none'))
  t.strictSame(await followed.inventory.findNode('none'), { found: true })
})

t.test('a name that no object can have is not asked for', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await behind(server, followed)
  for (const name of ['../secrets', 'a?watch=true', 'A', '', '.', 'x'.repeat(254)]) {
    t.strictSame(await followed.inventory.findNode(name), { missing: true }, name)
  }
  t.strictSame(server.requests, [])
})

t.test('a failure is an error, and is not remembered', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await behind(server, followed)
  server.intercept = (_, response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end('{"message":"out of order"}')
    return true
  }
  await t.rejects(followed.inventory.findNode('new'), {
    code: 'SOCI_GUARD_API_UNEXPECTED',
    message: `GET ${FAKE_PATHS.nodes}/new: the API server answered 500 out of order`,
  })
  server.intercept = undefined
  server.nodes.put(fakeNode('new'))
  t.strictSame(await followed.inventory.findNode('new'), { found: true })
})

t.test('a node that the watch takes away while it is asked for does not come back', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await until(() => followed.inventory.loaded() && server.nodes.openWatches === 1)
  const late = JSON.stringify({ kind: 'Node', metadata: { name: 'gone', uid: 'u', resourceVersion: '5' } })
  server.intercept = (request, response) => {
    if (!request.url?.endsWith('/gone')) return false
    server.nodes.sendLine(`{"type":"DELETED","object":${late}}`)
    server.nodes.put(fakeNode('marker'))
    void until(() => followed.roster.knows('marker')).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(late)
    })
    return true
  }
  t.strictSame(await followed.inventory.findNode('gone'), { missing: true })
  t.equal(followed.roster.knows('gone'), false)
})

t.test('a node that was read by itself goes with the next list that does not have it', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await behind(server, followed)
  server.nodes.put(fakeNode('short'))
  await followed.inventory.findNode('short')
  server.nodes.remove('short')
  server.nodes.compact()
  server.nodes.closeWatches()
  await until(() => !followed.roster.knows('short'))
  t.pass('it went')
})

t.test('a pod is read with what exemptions and handlers need', async t => {
  const server = await startServer(t)
  server.pods.put({
    metadata: { name: 'web-1', namespace: 'default', uid: 'pod-uid', labels: { app: 'web' } },
    spec: { runtimeClassName: 'kata', containers: [{ name: 'c', image: 'i' }] },
  })
  const { inventory } = follow(t, server)
  const { signal } = new AbortController()
  t.strictSame(await inventory.readPod('default', 'web-1', signal), {
    uid: 'pod-uid',
    labels: { app: 'web' },
    annotations: {},
    runtimeClassName: 'kata',
  })
  t.equal(await inventory.readPod('default', 'web-2', signal), undefined)
  t.equal(await inventory.readPod('de/../fault', 'web-1', signal), undefined)
})

t.test('a pod that may not be read is said without the commands that would grant it', async t => {
  const server = await startServer(t)
  const { inventory } = follow(t, server)
  server.intercept = (_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json' })
    const message = 'pods "web-1" is forbidden: User "jane" cannot get resource "pods" in API group ""'
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, message }))
    return true
  }
  await t.rejects(inventory.readPod('default', 'web-1', new AbortController().signal), {
    code: 'SOCI_GUARD_API_FORBIDDEN',
    message: 'user jane may not get pods',
  })
})
