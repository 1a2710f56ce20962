import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { fakeNode, fakeReport } from '../../support/fake-api-objects.ts'
import { FAKE_PATHS, type FakeApiServer } from '../../support/fake-api-server.ts'
import { until } from '../../support/until.ts'
import { type FollowedCluster, follow, startServer } from './followed-cluster.ts'

const loadedWith = async (server: FakeApiServer, followed: FollowedCluster): Promise<void> => {
  await until(() => followed.inventory.loaded())
  await until(() => server.nodes.openWatches === 1 && server.reports.openWatches === 1)
}

const conditionOf = ({ inventory }: FollowedCluster, kind: string): string | null =>
  inventory
    .conditions()
    .find(({ name }) => name === `inventory ${kind}`)
    ?.check() ?? null

const json = (response: ServerResponse, code: number, body: object, headers: Record<string, string> = {}): true => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
  return true
}

/** Answers every request for a path with this, until the returned function is called. */
const refuseAll = (server: FakeApiServer, path: string, answer: (response: ServerResponse) => true): (() => void) => {
  server.intercept = (request, response) => request.url?.startsWith(path) === true && answer(response)
  return () => {
    server.intercept = undefined
  }
}

// So many attempts it takes until the server answers again; the pauses double from 20 ms.
const AWAY = 7

t.test('a connection that is silently dead is found out, and what was missed is caught up with', async t => {
  const server = await startServer(t)
  server.nodes.put(fakeNode('n0'))
  const followed = follow(t, server, { quietMs: 100 })
  await loadedWith(server, followed)
  server.nodes.freeze()
  server.nodes.put(fakeNode('missed'))
  await until(() => followed.roster.knows('missed'))
  const dead = followed.logged.find(({ kind, level }) => kind === 'nodes' && level === 'warn')
  t.match(dead, { code: 'SOCI_GUARD_API_UNREACHABLE', problem: /nothing came for 0\.1 s, the connection is dead$/ })
})

t.test('a watch that is cut off in the middle of a line loses nothing', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await loadedWith(server, followed)
  server.nodes.closeWatches('{"type":"ADDED","object":{"kind":"Node","metadata":{"name":"ha')
  server.nodes.put(fakeNode('half'))
  await until(() => followed.roster.knows('half'))
  t.equal(followed.roster.size, 1)
})

t.test('a line that is garbage is told, and the watch goes on from the last good one', async t => {
  const server = await startServer(t)
  server.nodes.put(fakeNode('n0'))
  const followed = follow(t, server)
  await loadedWith(server, followed)
  server.nodes.sendLine('{"type":"ADDED","object":{"metadata":{"name":"bad",}}}')
  server.nodes.put(fakeNode('good'))
  await until(() => followed.roster.knows('good'))
  t.match(
    followed.logged.find(({ level }) => level === 'warn'),
    { kind: 'nodes', code: 'SOCI_GUARD_API_UNEXPECTED', problem: /^a line of the watch is no event: / },
  )
  t.equal(followed.roster.knows('bad'), false)
})

t.test('a server that answers HTML is named as such, and tried again', async t => {
  const server = await startServer(t)
  const mend = refuseAll(server, FAKE_PATHS.nodes, response => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<html>Please log in</html>')
    return true
  })
  const followed = follow(t, server)
  await until(() => conditionOf(followed, 'nodes') !== 'not listed yet')
  t.match(
    conditionOf(followed, 'nodes'),
    /^SOCI_GUARD_API_UNEXPECTED: GET .* the answer is text\/html and not JSON; look for a proxy or a login page between us and the API server$/,
  )
  t.equal(followed.inventory.loaded(), false)
  mend()
  await until(() => followed.inventory.loaded())
  t.equal(conditionOf(followed, 'nodes'), null)
})

t.test('a right that is missing for one kind is named with the commands that grant it', async t => {
  const server = await startServer(t)
  const message =
    'nodesnapshotters.soci-guard.dev is forbidden: User "system:serviceaccount:soci-guard-system:soci-guard" cannot watch resource "nodesnapshotters" in API group "soci-guard.dev" at the cluster scope'
  const mend = refuseAll(server, FAKE_PATHS.reports, response => json(response, 403, { kind: 'Status', message }))
  const followed = follow(t, server)
  await until(() => conditionOf(followed, 'reports') !== 'not listed yet')
  t.equal(
    conditionOf(followed, 'reports'),
    'SOCI_GUARD_API_FORBIDDEN: user system:serviceaccount:soci-guard-system:soci-guard may not watch nodesnapshotters.soci-guard.dev; it needs the verbs list, watch (RBAC rule: apiGroups ["soci-guard.dev"], resources ["nodesnapshotters"], verbs ["list", "watch"]), granted by: kubectl create clusterrole soci-guard-read-nodesnapshotters --verb=list,watch --resource=nodesnapshotters.soci-guard.dev && kubectl create clusterrolebinding soci-guard-read-nodesnapshotters --clusterrole=soci-guard-read-nodesnapshotters --serviceaccount=soci-guard-system:soci-guard',
  )
  await until(() => conditionOf(followed, 'nodes') === null)
  t.equal(followed.inventory.loaded(), false, 'the other kinds are not enough')
  mend()
  await until(() => followed.inventory.loaded())
})

t.test('a missing CustomResourceDefinition is named as such', async t => {
  const server = await startServer(t)
  const mend = refuseAll(server, FAKE_PATHS.reports, response => {
    response.writeHead(404, { 'content-type': 'text/plain' })
    response.end('404 page not found')
    return true
  })
  const followed = follow(t, server)
  await until(() => conditionOf(followed, 'reports') !== 'not listed yet')
  t.match(
    conditionOf(followed, 'reports'),
    /^SOCI_GUARD_API_NOT_FOUND: .* the API server does not serve nodesnapshotters\.soci-guard\.dev; install its CustomResourceDefinition/,
  )
  mend()
  await until(() => followed.inventory.loaded())
})

t.test('an API server that asks us to wait is obeyed', async t => {
  const server = await startServer(t)
  const askedAtMs: number[] = []
  server.intercept = (request, response) => {
    if (!request.url?.startsWith(FAKE_PATHS.nodes)) return false
    askedAtMs.push(performance.now())
    return askedAtMs.length === 1 && json(response, 429, { message: 'too many requests' }, { 'retry-after': '1' })
  }
  const followed = follow(t, server, { backoffMaxMs: 300 })
  await until(() => followed.inventory.loaded())
  const [first = 0, second = 0] = askedAtMs
  t.ok(second - first >= 990, 'not sooner than asked, however short our own pauses are')
  t.match(followed.logged[0], { code: 'SOCI_GUARD_API_UNEXPECTED', problem: /answered 429 too many requests$/ })
})

t.test('an API server that fails is tried again, and what is known stays', async t => {
  const server = await startServer(t)
  server.nodes.put(fakeNode('n0'))
  const followed = follow(t, server)
  await loadedWith(server, followed)
  const mend = refuseAll(server, '/', response => json(response, 503, { message: 'etcd is unavailable' }))
  server.nodes.closeWatches()
  await until(() => followed.logged.some(({ code, kind }) => code !== undefined && kind === 'nodes'))
  t.equal(followed.roster.knows('n0'), true)
  t.equal(conditionOf(followed, 'nodes'), null, 'it stays ready: past a bound the stance decides')
  server.nodes.put(fakeNode('n1'))
  mend()
  await until(() => followed.roster.knows('n1'))
  t.ok(followed.logged.some(({ message }) => message === 'the API server is heard again'))
})

t.test('what the pauses grew to while nobody answered is forgotten once somebody does', async t => {
  const server = await startServer(t)
  const askedAtMs: number[] = []
  server.intercept = (request, response) => {
    if (!request.url?.startsWith(FAKE_PATHS.nodes)) return false
    askedAtMs.push(performance.now())
    if (askedAtMs.length === AWAY) return json(response, 503, { message: 'etcd is unavailable' })
    if (askedAtMs.length < AWAY) request.socket.destroy()
    return askedAtMs.length < AWAY
  }
  const followed = follow(t, server, { backoffMinMs: 20, backoffMaxMs: 60_000 })
  await until(() => followed.inventory.loaded())
  const [before = 0, answered = 0, next = 0] = askedAtMs.slice(AWAY - 2)
  t.ok(answered - before >= 150, 'the pauses had grown')
  t.ok(next - answered < 100, `${Math.round(next - answered)} ms`)
})

t.test('a token that has expired is read anew', async t => {
  const server = await startServer(t)
  const tokenFile = join(t.testdir({ token: 'old\n' }), 'token')
  server.accepted.add('old')
  server.nodes.put(fakeNode('n0'))
  const followed = follow(t, server, {}, { tokenFile })
  await loadedWith(server, followed)
  server.accepted.clear()
  server.accepted.add('new')
  server.nodes.closeWatches()
  await until(() => followed.logged.some(({ code }) => code === 'SOCI_GUARD_API_UNAUTHORIZED'))
  server.nodes.put(fakeNode('n1'))
  writeFileSync(tokenFile, 'new\n')
  await until(() => followed.roster.knows('n1'))
  t.equal(server.callers.at(-1), 'new')
})

t.test('a report that cannot be used is left out with one line, and its node is Unverified', async t => {
  const server = await startServer(t)
  for (const name of ['long', 'wrong', 'turned']) server.nodes.put(fakeNode(name))
  server.reports.put(fakeReport('long', { configTrap: 'x'.repeat(1_000_000) }))
  server.reports.put(fakeReport('wrong', { snapshotters: 'all of them' }))
  server.reports.put(fakeReport('turned'))
  const followed = follow(t, server)
  await loadedWith(server, followed)
  const reasons = (): string[] => ['long', 'wrong', 'turned'].map(name => followed.roster.judge(name, 0).reason)
  t.strictSame(reasons(), ['NoReport', 'NoReport', ''])
  server.reports.put(fakeReport('turned', { verified: 'yes' }))
  await until(() => followed.roster.reportOf('turned') === undefined)
  t.strictSame(reasons(), ['NoReport', 'NoReport', 'NoReport'])
  server.reports.compact()
  server.reports.closeWatches()
  server.reports.put(fakeReport('long'))
  await until(() => followed.roster.reportOf('long') !== undefined)
  const lines = followed.logged.filter(({ name }) => name !== undefined)
  t.strictSame(
    lines.map(({ name, problems }) => [name, problems]),
    [
      ['long', ['spec: expected at most 65536 characters; found 1000888']],
      ['wrong', ['spec.snapshotters: expected a list; found "all of them"']],
      ['turned', ['spec.verified: expected true or false; found "yes"']],
    ],
  )
})

t.test('a Node without status is known', async t => {
  const server = await startServer(t)
  server.nodes.put({ metadata: { name: 'bare', uid: 'u' } })
  server.nodes.put({ metadata: { name: 'null', uid: 'u', labels: null }, spec: null, status: null })
  const followed = follow(t, server)
  await loadedWith(server, followed)
  t.strictSame(
    ['bare', 'null'].map(name => followed.roster.judge(name, 0).reason),
    ['NoReport', 'NoReport'],
  )
})

t.test('what was not heard of for too long is stale, whatever the clock on the wall does', async t => {
  const server = await startServer(t)
  const followed = follow(t, server)
  await loadedWith(server, followed)
  t.equal(followed.inventory.staleness(180_000), null)
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  Date.now = () => now() + 10_000_000
  t.equal(followed.inventory.staleness(180_000), null)
  followed.skip(181_000)
  t.equal(followed.inventory.staleness(180_000), 'nothing was heard from the API server about nodes for 181 s')
  for (const kind of ['nodes', 'reports', 'namespaces', 'runtimeclasses'] as const) server[kind].bookmark()
  await until(() => followed.inventory.staleness(180_000) === null)
})

t.test('nothing at all at the address is told, and waited for', async t => {
  const server = await startServer(t)
  const kept = server.kubeconfig()
  await server.close()
  const followed = follow(t, { kubeconfig: () => kept })
  await until(() => conditionOf(followed, 'nodes') !== 'not listed yet')
  t.match(
    conditionOf(followed, 'nodes'),
    /^SOCI_GUARD_API_UNREACHABLE: GET https:.*: connect ECONNREFUSED 127\.0\.0\.1:/,
  )
})
