import t from 'tap'
import { apiFailureOf } from '../../src/agent/api-failure.ts'
import { NO_FACTS } from '../../src/agent/observed-facts.ts'
import { reportObject } from '../../src/agent/report-object.ts'
import { reportingCluster } from '../../src/cli/reporting-cluster.ts'
import { createApiConnection } from '../../src/inventory/cluster/api-connection.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { GOOD_FACTS } from '../agent/facts.ts'
import { ACCOUNT, NAMESPACE, policyActs, startAgentCluster, takeSeat, tokenOf } from './agent/agent-cluster.ts'
import { apply, attemptsOnOthers, attemptsOnOwn, ownReport } from './agent/attempts.ts'
import { reportOf, troubled } from './agent/reports.ts'
import { nodePath } from './cluster/nodes.ts'
import { REPORTS } from './cluster/reports.ts'

const folder = process.env.SOCI_GUARD_E2E_FOLDER ?? t.testdir()
t.setTimeout(240_000)

const messageOf = (body: unknown): string => (body as { message?: string }).message ?? ''

t.test("a node's agent speaks for its own node and for no other", { timeout: 200_000 }, async t => {
  const plane = await startAgentCluster(t, folder, ['node-n', 'node-m', 'node-l'])
  const n = await takeSeat(plane, 'node-n')
  const m = await takeSeat(plane, 'node-m')
  const l = await takeSeat(plane, 'node-l')
  await policyActs(() => apply(n.api, 'node-l', ownReport(l), '&dryRun=All'))

  await t.test('its own report it creates, changes and reads', async t => {
    for (const seat of [n, m]) {
      for (const sequence of [1, 2, 3]) {
        const answer = await apply(seat.api, seat.node, ownReport(seat, { sequence }))
        t.equal(answer.status, sequence === 1 ? 201 : 200, messageOf(answer.body))
      }
    }
    t.equal((await n.api.send('GET', `${REPORTS}/node-n`)).status, 200)
    t.equal((await n.api.send('GET', nodePath('node-n'))).status, 200)
  })

  const before = await plane.admin.get<{ metadata: { resourceVersion: string } }>(`${REPORTS}/node-m`)
  await t.test("what it tries on others' reports is refused", async t => {
    for (const { name, status, message, act } of attemptsOnOthers(n, m, l)) {
      const answer = await act()
      t.equal(answer.status, status, `${name}: ${messageOf(answer.body)}`)
      t.match(messageOf(answer.body), message, name)
    }
  })

  await t.test('what it must not say about its own node is refused', async t => {
    for (const { name, status, message, act } of attemptsOnOwn(n, m)) {
      const answer = await act()
      t.equal(answer.status, status, `${name}: ${messageOf(answer.body)}`)
      t.match(messageOf(answer.body), message, name)
    }
  })

  await t.test('a token that no pod on a node stands behind is good for nothing', async t => {
    const waiting = await plane.admin.create<{ metadata: { name: string; uid: string } }>(
      `/api/v1/namespaces/${NAMESPACE}/pods`,
      {
        metadata: { name: 'waiting' },
        spec: { serviceAccountName: ACCOUNT, schedulerName: 'nobody', containers: [{ name: 'agent', image: 'i' }] },
      },
    )
    const tokens = {
      'bound to nothing': await tokenOf(plane),
      'bound to a Node': await tokenOf(plane, { apiVersion: 'v1', kind: 'Node', name: 'node-n', uid: n.nodeUID }),
      'bound to a pod without a node': await tokenOf(plane, {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'waiting',
        uid: waiting.metadata.uid,
      }),
    }
    for (const [name, token] of Object.entries(tokens)) {
      const answer = await apply(plane.api({ token }), 'node-n', ownReport(n))
      t.equal(answer.status, 403, name)
      t.match(messageOf(answer.body), /the token does not say on which node its pod runs/, name)
    }
    const as = `--as=system:serviceaccount:${NAMESPACE}:${ACCOUNT}`
    const impersonated = await plane.kubectl(
      ['apply', '--server-side', '--force-conflicts', '--field-manager=soci-guard-agent', as, '-f', '-'],
      { input: JSON.stringify(ownReport(n)) },
    )
    t.not(impersonated.code, 0)
    t.match(impersonated.stderr, /the token does not say on which node its pod runs/)
  })

  await t.test('nothing of all that has left a trace', async t => {
    t.strictSame(await plane.admin.get(`${REPORTS}/node-m`), before)
    t.equal((await plane.admin.send('GET', `${REPORTS}/node-l`)).status, 404)
    const own = await plane.admin.get<{ spec: { sequence: number }; metadata: { ownerReferences: unknown[] } }>(
      `${REPORTS}/node-n`,
    )
    t.equal(own.spec.sequence, 3)
    t.equal(own.metadata.ownerReferences.length, 1)
  })

  await t.test('what the agent writes fits the definition, from nothing known to a node full of trouble', async t => {
    const connection = createApiConnection({
      kubeconfig: plane.kubeconfig('agent-m', { token: m.token }),
      context: undefined,
      env: {},
      userAgent: 'test',
      nowMs: () => performance.now(),
    })
    t.teardown(connection.close)
    const cluster = reportingCluster(connection, 'node-m')
    const { signal } = new AbortController()
    t.equal(await cluster.readNodeUID(signal), m.nodeUID)
    t.equal((await cluster.readReport(signal))?.sequence, 3)
    for (const [i, facts] of [NO_FACTS, GOOD_FACTS, troubled(), NO_FACTS].entries()) {
      const report = reportOf(m, { ...facts, sequence: 4 + i, verified: facts !== NO_FACTS })
      await cluster.publish(reportObject(report, 'soci'), signal)
      t.match(await cluster.readReport(signal), { sequence: 4 + i, sandboxImage: facts.sandboxImage })
    }
    const refused = async (changes: Partial<NodeReport>) => {
      const publication = cluster.publish(reportObject(reportOf(m, changes), 'soci'), signal)
      return apiFailureOf('publication', await publication.catch(error => error)).kind
    }
    t.equal(await refused({ sequence: 5 }), 'invalid')
    t.equal(await refused({ sequence: 5, bootID: 'boot-2' }), 'denied')
    t.equal(await refused({ sequence: 9, nodeUID: n.nodeUID }), 'denied')
  })

  await t.test('when a Node is made anew, the old pods no longer speak for it', async t => {
    await plane.admin.delete(nodePath('node-n'))
    await plane.admin.create('/api/v1/nodes', { metadata: { name: 'node-n' } })
    const { metadata } = await plane.admin.get<{ metadata: { uid: string } }>(nodePath('node-n'))
    const answer = await apply(n.api, 'node-n', ownReport({ ...n, nodeUID: metadata.uid }, { sequence: 9 }))
    t.not(answer.status, 200, messageOf(answer.body))
    t.match(messageOf(answer.body), /spec.nodeUID must be that of the Node that the token was made for|Unauthorized/)
    const fresh = await takeSeat(plane, 'node-n', 'agent-anew')
    const anew = await apply(fresh.api, 'node-n', ownReport(fresh, { sequence: 10 }))
    t.ok([200, 201].includes(anew.status), messageOf(anew.body))
  })
})
