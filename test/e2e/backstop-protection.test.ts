// Who may change what soci-guard says of nodes, with real tokens and certificates, and what it costs everybody else: nothing.
import t from 'tap'
import { takeSeat } from './agent/agent-cluster.ts'
import { apply as applyReport, ownReport } from './agent/attempts.ts'
import {
  accountIdentity,
  BLOCKED_NODES,
  CONTROLLER,
  denial,
  messageOf,
  NAMESPACE,
  startBackstopCluster,
} from './backstop/backstop-cluster.ts'
import type { Api, ApiAnswer } from './cluster/api.ts'
import type { ControlPlane } from './cluster/control-plane.ts'
import { nodeIdentity, userIdentity } from './cluster/identity.ts'
import { createNodes, nodePath } from './cluster/nodes.ts'
import { REPORTS, reportObject, writeReport } from './cluster/reports.ts'
import { waitFor } from './cluster/wait-for.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(150_000)

const TAINT = { key: 'soci-guard.dev/snapshotter', value: 'Mixed', effect: 'NoSchedule' }
const OTHER = { key: 'team', value: 'a', effect: 'NoSchedule' }
const NODE_SENTENCE =
  "the label soci-guard.dev/state and the taint soci-guard.dev/snapshotter are soci-guard's controller's to change; an administrator who must needs the verb override on blockednodes.soci-guard.dev"

const merge = (api: Api, path: string, change: object): Promise<ApiAnswer> =>
  api.send('PATCH', path, change, 'application/merge-patch+json')
const setTaints = (api: Api, node: string, taints: object[]) => merge(api, nodePath(node), { spec: { taints } })
const setLabels = (api: Api, node: string, labels: object) => merge(api, nodePath(node), { metadata: { labels } })
const blockedNodes = (name: string) => ({
  apiVersion: 'soci-guard.dev/v1alpha1',
  kind: 'BlockedNodes',
  metadata: { name },
  blocked: {},
})

t.test('what soci-guard says of nodes', { timeout: 140_000 }, async t => {
  const plane = await startBackstopCluster(t, testFolder(t, import.meta.url))
  const { admin } = plane
  await createNodes(admin, [
    { name: 'bad', labels: { 'soci-guard.dev/state': 'Mixed' }, taints: [TAINT, OTHER] as never },
    { name: 'good', labels: { 'soci-guard.dev/state': 'Ready' } },
  ])
  await grant(plane)
  // May do all of it as far as RBAC goes, and is no administrator.
  const operator = plane.api(userIdentity(plane.files.authority, 'operator', ['node-operators']))
  const controller = plane.api(await accountIdentity(plane, CONTROLLER))
  await waitFor('the policy to act', async () => {
    const { status } = await operator.send('POST', `${BLOCKED_NODES}?dryRun=All`, blockedNodes('probe'))
    return status === 403
  })

  await t.test('the taint is not taken away, changed or moved by somebody else', async t => {
    const attempts = [
      [OTHER],
      [],
      [{ ...TAINT, value: 'Broken' }, OTHER],
      [{ ...TAINT, effect: 'PreferNoSchedule' }, OTHER],
      [{ key: TAINT.key, effect: TAINT.effect }, OTHER],
    ]
    for (const taints of attempts) {
      const answer = await setTaints(operator, 'bad', taints)
      t.equal(answer.status, 403, JSON.stringify(taints))
      t.equal(messageOf(answer), denial('nodes', 'bad', 'soci-guard-protection', NODE_SENTENCE))
    }
    const kubectl = await plane.kubectl([
      'taint',
      'node',
      'bad',
      `${TAINT.key}-`,
      '--as=operator',
      '--as-group=node-operators',
    ])
    t.match(kubectl.stderr, NODE_SENTENCE)
    const replaced = await admin.get<{ metadata: { name: string }; spec: object }>(nodePath('bad'))
    const put = await operator.send('PUT', nodePath('bad'), {
      ...replaced,
      spec: { ...replaced.spec, taints: [OTHER] },
    })
    t.equal(put.status, 403)
  })

  await t.test('the label is not set, changed or taken away by somebody else', async t => {
    for (const [node, value] of [
      ['bad', 'Ready'],
      ['bad', null],
      ['good', 'Mixed'],
    ] as const) {
      const answer = await setLabels(operator, node, { 'soci-guard.dev/state': value })
      t.equal(answer.status, 403, `${node} ${value}`)
      t.match(messageOf(answer), NODE_SENTENCE)
    }
  })

  await t.test('what is not ours is left alone, and a launch tool may add the taint', async t => {
    const answers = [
      await setTaints(operator, 'bad', [OTHER, TAINT]),
      await setTaints(operator, 'bad', [TAINT]),
      await setTaints(operator, 'bad', [{ key: 'node.example/x', effect: 'NoExecute' }, TAINT]),
      await setLabels(operator, 'bad', { team: 'a' }),
      await merge(operator, nodePath('bad'), { spec: { unschedulable: true } }),
      await setTaints(operator, 'good', [{ ...TAINT, value: 'starting' }]),
    ]
    for (const answer of answers) t.equal(answer.status, 200, messageOf(answer))
    for (const verb of ['cordon', 'uncordon']) t.equal((await plane.kubectl([verb, 'bad'])).code, 0)
  })

  await t.test('nodes are born with a taint of ours, by their kubelet or by somebody else', async t => {
    const kubelet = plane.api(nodeIdentity(plane.files.authority, 'newborn'))
    const born = (name: string) => ({
      metadata: { name, labels: { 'soci-guard.dev/state': 'Unverified' } },
      spec: { taints: [{ key: TAINT.key, value: 'starting', effect: 'NoSchedule' }] },
    })
    t.equal((await kubelet.send('POST', '/api/v1/nodes', born('newborn'))).status, 201)
    t.equal((await operator.send('POST', '/api/v1/nodes', born('made'))).status, 201)
    const removed = await setTaints(kubelet, 'newborn', [])
    t.equal(removed.status, 403, 'but it does not free itself')
    t.equal((await operator.send('DELETE', nodePath('made'))).status, 200)
  })

  await t.test('the controller may, and so may administrators, also those who were given the one right', async t => {
    for (const api of [controller, admin]) {
      t.equal((await setTaints(api, 'bad', [{ ...TAINT, value: 'Broken' }])).status, 200)
      t.equal((await setLabels(api, 'bad', { 'soci-guard.dev/state': 'Broken' })).status, 200)
      t.equal((await setTaints(api, 'bad', [])).status, 200)
      t.equal((await setTaints(api, 'bad', [TAINT])).status, 200)
      t.equal((await setLabels(api, 'bad', { 'soci-guard.dev/state': 'Mixed' })).status, 200)
    }
    const breaker = plane.api(userIdentity(plane.files.authority, 'breaker', ['node-operators', 'breakers']))
    t.equal((await setTaints(breaker, 'bad', [])).status, 200)
    t.equal((await setTaints(controller, 'bad', [TAINT])).status, 200)
  })

  await t.test('BlockedNodes is written by the controller and by administrators', async t => {
    const path = `${BLOCKED_NODES}/soci-guard-0`
    const apply = (api: Api) =>
      api.send(
        'PATCH',
        `${path}?fieldManager=soci-guard-controller&force=true`,
        blockedNodes('soci-guard-0'),
        'application/apply-patch+yaml',
      )
    t.equal((await apply(operator)).status, 403)
    t.equal((await apply(controller)).status, 201)
    const attempts = [
      await apply(operator).then(() => merge(operator, path, { blocked: { 'Mixed: Because': ' good ' } })),
      await merge(operator, path, { rules: { mode: 'off' } }),
      await operator.send('DELETE', path),
      await operator.send('DELETE', BLOCKED_NODES),
      await operator.send('POST', BLOCKED_NODES, blockedNodes('mine')),
    ]
    for (const answer of attempts) {
      t.equal(answer.status, 403)
      t.match(
        messageOf(answer),
        "blockednodes are soci-guard's own to change; an administrator who must needs the verb override",
      )
    }
    t.equal((await admin.send('DELETE', path)).status, 200)
  })

  await t.test('reports are written by the agent of their node, and by administrators', async t => {
    const seat = await takeSeat(plane, 'good')
    const neighbour = plane.api(await accountIdentity(plane, 'default'))
    t.equal((await applyReport(seat.api, 'good', ownReport(seat, { sequence: 1 }))).status, 201)
    const { metadata } = await admin.get(nodePath('bad'))
    const forged = reportObject({ name: 'bad', uid: metadata.uid ?? '', bootID: 'boot-bad' })
    const attempts = [
      await operator.send('POST', REPORTS, forged),
      await applyReport(operator, 'good', ownReport(seat, { sequence: 9 })),
      await merge(operator, `${REPORTS}/good`, { spec: { verified: false, sequence: 9 } }),
      await operator.send('DELETE', `${REPORTS}/good`),
      await neighbour.send('DELETE', `${REPORTS}/good`),
    ]
    for (const answer of attempts) {
      t.equal(answer.status, 403)
      t.match(messageOf(answer), "nodesnapshotters are soci-guard's own to change")
    }
    t.equal((await applyReport(seat.api, 'good', ownReport(seat, { sequence: 2 }))).status, 200)
    await writeReport(admin, 'bad')
    t.equal((await admin.send('DELETE', `${REPORTS}/bad`)).status, 200)
  })

  await t.test('a report goes with its node', { timeout: 60_000 }, async t => {
    await createNodes(admin, [{ name: 'leaving' }])
    await writeReport(admin, 'leaving')
    await admin.delete(nodePath('leaving'))
    await waitFor('the report to be gone', async () => (await admin.find(`${REPORTS}/leaving`)) === undefined, {
      deadlineMs: 50_000,
    })
    t.pass()
  })

  await t.test('what kubelets write all the time is not even looked at', async t => {
    const kubelet = plane.api(nodeIdentity(plane.files.authority, 'bad'))
    const before = await policyWork(admin)
    const heartbeat = () => ({
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: `${performance.now()}`,
            lastHeartbeatTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
          },
        ],
      },
    })
    for (let turn = 0; turn < 100; turn++) {
      const answer = await kubelet.send(
        'PATCH',
        `${nodePath('bad')}/status`,
        heartbeat(),
        'application/strategic-merge-patch+json',
      )
      t.equal(answer.status, 200)
    }
    t.strictSame(await policyWork(admin), before, 'not one condition was evaluated')

    for (let turn = 0; turn < 20; turn++)
      t.equal((await setLabels(kubelet, 'bad', { [`example.com/l${turn % 3}`]: `${turn}` })).status, 200)
    const after = await policyWork(admin)
    t.equal(after.checks, before.checks, 'nothing but conditions for what is not ours')
    t.comment(`20 label changes by a kubelet: ${after.exclusions - before.exclusions} exclusions by a condition`)
  })
})

/** How often the protection policy was evaluated, and how often one of its conditions was enough. */
async function policyWork(admin: Api): Promise<{ checks: number; exclusions: number }> {
  const text = String((await admin.send('GET', '/metrics')).body)
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0)
  return {
    checks: sum(
      /^apiserver_validating_admission_policy_check_total\{[^}]*policy="soci-guard-protection"[^}]*\} (\S+)$/gm,
    ),
    exclusions: sum(
      /^apiserver_admission_match_condition_exclusions_total\{[^}]*name="soci-guard-protection"[^}]*\} (\S+)$/gm,
    ),
  }
}

/** Every right in the kinds that are protected, but for the verb that administrators have. */
async function grant({ admin }: ControlPlane): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io'
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
  const roles = {
    operators: [
      { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs },
      { apiGroups: ['soci-guard.dev'], resources: ['*'], verbs },
    ],
    breakers: [{ apiGroups: ['soci-guard.dev'], resources: ['blockednodes'], verbs: ['override'] }],
  }
  for (const [name, rules] of Object.entries(roles))
    await admin.create(`/apis/${apiGroup}/v1/clusterroles`, { metadata: { name }, rules })
  const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: NAMESPACE })
  const group = (name: string) => ({ apiGroup, kind: 'Group', name })
  const subjects = {
    operators: [group('node-operators'), account(CONTROLLER), account('default')],
    breakers: [group('breakers')],
  }
  for (const name of ['operators', 'breakers'] as const)
    await admin.create(`/apis/${apiGroup}/v1/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: subjects[name],
    })
}
