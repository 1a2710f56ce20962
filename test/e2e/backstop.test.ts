// The policy inside the API server, with no webhook and no controller running: only what a keeper wrote before it was stopped.
import t from 'tap'
import { buildShards } from '../../src/controller/blocked-nodes/build-shards.ts'
import { REASON_CATALOGUE } from '../../src/policy/reason-catalogue.ts'
import { verdictOf } from '../controller/verdicts.ts'
import { configurationOf } from '../support/cluster-view.ts'
import {
  BLOCKED_NODES,
  createNamespace,
  createPendingPod,
  denial,
  messageOf,
  PENDING,
  runKeeper,
  startBackstopCluster,
} from './backstop/backstop-cluster.ts'
import type { ControlPlane } from './cluster/control-plane.ts'
import { nodeIdentity, userIdentity } from './cluster/identity.ts'
import { createNodes } from './cluster/nodes.ts'
import { waitFor } from './cluster/wait-for.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { boundNode, notScheduled } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(170_000)

const MIXED = verdictOf({ node: 'mixed-1', state: 'Mixed', reason: 'ConfiguredAfterLaunch' })
const SENTENCE = `node mixed-1 is Mixed: ConfiguredAfterLaunch. ${REASON_CATALOGUE.ConfiguredAfterLaunch.remedy}`
const CONFIGURATION = configurationOf({
  exemptions: {
    namespaces: new Set(['legacy']),
    users: new Set(['deployer']),
    groups: new Set(['platform']),
    runtimeClasses: new Set(),
    podSelector: null,
  },
})

const statusOf = async (plane: ControlPlane, namespace: string, node: string): Promise<number> =>
  (await plane.admin.dryRunBind(namespace, PENDING, node)).status

t.test('the backstop alone', { timeout: 160_000 }, async t => {
  const plane = await startBackstopCluster(t, testFolder(t, import.meta.url))
  const { admin } = plane
  await createNodes(admin, [{ name: 'good-1' }, { name: 'mixed-1' }])
  for (const namespace of ['plain', 'legacy', 'sub']) await createNamespace(plane, namespace)
  for (const mode of ['enforce', 'warn', 'audit', 'off', 'of']) await createNamespace(plane, `mode-${mode}`, mode)
  await createPendingPod(plane, 'kube-system')

  await t.test('before the controller has written anything, everything is allowed', async t => {
    t.equal(await statusOf(plane, 'plain', 'mixed-1'), 201)
  })

  await t.test('a keeper with the rights of the controller writes what enforcing pools refuse', async t => {
    const { keeper, take, warnings, rounds } = await runKeeper(t, plane, () => CONFIGURATION)
    take('mixed-1', MIXED)
    take('good-1', verdictOf({ node: 'good-1' }))
    take('watched', verdictOf({ node: 'watched', state: 'Mixed', reason: 'ConfiguredAfterLaunch', mode: 'warn' }))
    keeper.start()
    await waitFor('the first object', () => rounds.length > 0)
    const object = await admin.get(`${BLOCKED_NODES}/soci-guard-0`)
    t.match(object, { count: 1, blocked: { 'Mixed: ConfiguredAfterLaunch': ' mixed-1 ' }, rules: { mode: 'enforce' } })
    t.strictSame(warnings, [])
    await waitFor('the policy to act', async () => (await statusOf(plane, 'plain', 'mixed-1')) === 403)

    // Many at once: one write, and nobody notes for each node who wrote it.
    const before = rounds.length
    for (let index = 0; index < 3_000; index++)
      take(`n${index}`, verdictOf({ node: `n${index}`, state: 'Unverified', reason: 'NoReport' }))
    await waitFor('all of them', () => rounds.at(-1)?.nodes === 3_001)
    t.ok(rounds.length - before <= 2, `${rounds.length - before} rounds`)
    const { metadata } = await admin.get(`${BLOCKED_NODES}/soci-guard-0`)
    t.ok(JSON.stringify(metadata.managedFields).length < 1_000, JSON.stringify(metadata.managedFields))
    for (let index = 0; index < 3_000; index++) take(`n${index}`, undefined)
    await waitFor('none of them', () => rounds.at(-1)?.nodes === 1)

    // It is put back when somebody takes it away, and left alone while nobody does.
    await admin.delete(`${BLOCKED_NODES}/soci-guard-0`)
    await waitFor('the object to be back', () => admin.find(`${BLOCKED_NODES}/soci-guard-0`))
    const back = await admin.get(`${BLOCKED_NODES}/soci-guard-0`)
    const count = rounds.length
    await waitFor('another look', () => rounds.length > count)
    t.strictSame(await admin.get(`${BLOCKED_NODES}/soci-guard-0`), back)
    t.strictSame(warnings, [])
  })

  await t.test('with that keeper gone, kubectl says which node, what is wrong with it, and what to do', async t => {
    const pod = podObject('p1', { namespace: 'plain', spec: { nodeName: 'mixed-1' } })
    const created = await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(pod) })
    t.strictSame(created, {
      code: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): error when creating "STDIN": ${denial('pods', 'p1', 'soci-guard-backstop', SENTENCE)}\n`,
    })
    const bind = await admin.dryRunBind('plain', PENDING, 'mixed-1')
    t.equal(messageOf(bind), denial('pods', PENDING, 'soci-guard-backstop', SENTENCE))
    t.comment(messageOf(bind))
    const old = await admin.send('POST', '/api/v1/namespaces/plain/bindings?dryRun=All', {
      metadata: { name: PENDING },
      target: { kind: 'Node', name: 'mixed-1' },
    })
    t.equal(old.status, 403, 'the older form of a bind')
    t.match(messageOf(old), SENTENCE)
    const list = await plane.kubectl(['get', 'blockednodes'])
    t.match(list.stdout, /NAME +NODES +DEFAULT MODE +AGE\nsoci-guard-0 +1 +enforce +\d+s\n/)
  })

  await t.test('nodes that it does not know are allowed, and pods without a node are no matter of it', async t => {
    for (const node of ['good-1', 'not-there', 'constructor', 'watched']) {
      t.equal(await statusOf(plane, 'plain', node), 201, node)
    }
    const dryRun = `${podsPath('plain')}?dryRun=All`
    t.equal((await admin.send('POST', dryRun, podObject('free'))).status, 201)
    t.equal((await admin.send('POST', dryRun, podObject('there', { spec: { nodeName: 'good-1' } }))).status, 201)
  })

  await t.test('the scheduler cannot place a pod there, and can elsewhere', async t => {
    await admin.create(podsPath('plain'), podObject('stuck', { on: 'mixed-1' }))
    t.match(await notScheduled(plane, 'stuck', 'plain'), { message: new RegExp(SENTENCE.slice(0, 60)) })
    await admin.create(podsPath('plain'), podObject('fine', { on: 'good-1' }))
    t.equal(await boundNode(plane, 'fine', 'plain'), 'good-1')
  })

  await t.test(
    'namespaces count with their mode; the exempt ones and those that must always start are left alone',
    async t => {
      const want = { plain: 403, sub: 403, 'mode-enforce': 403, 'mode-of': 403 }
      for (const [namespace, status] of Object.entries(want)) {
        t.equal(await statusOf(plane, namespace, 'mixed-1'), status, namespace)
      }
      for (const namespace of ['legacy', 'mode-warn', 'mode-audit', 'mode-off', 'kube-system']) {
        t.equal(await statusOf(plane, namespace, 'mixed-1'), 201, namespace)
      }
      await admin.patch('/api/v1/namespaces/sub', { metadata: { labels: { 'soci-guard.dev/mode': 'warn' } } })
      await waitFor('the label to count', async () => (await statusOf(plane, 'sub', 'mixed-1')) === 201)
    },
  )

  await t.test('so are exempt users and groups, and static pods', async t => {
    const apiGroup = 'rbac.authorization.k8s.io'
    await admin.create(`/apis/${apiGroup}/v1/clusterrolebindings`, {
      metadata: { name: 'everything' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup, kind: 'Group', name: 'team' }],
    })
    const place = async (user: string, groups: string[]) => {
      const api = plane.api(userIdentity(plane.files.authority, user, ['team', ...groups]))
      return (await api.dryRunBind('plain', PENDING, 'mixed-1')).status
    }
    await waitFor('the rights', async () => (await place('deployer', [])) === 201)
    t.equal(await place('somebody', ['platform']), 201)
    t.equal(await place('somebody', ['product']), 403)
    const kubelet = plane.api(nodeIdentity(plane.files.authority, 'mixed-1'))
    const node = await admin.get('/api/v1/nodes/mixed-1')
    const mirror = podObject('static-mixed-1', {
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      spec: { nodeName: 'mixed-1' },
    })
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'mixed-1', uid: node.metadata.uid, controller: true }
    const created = await kubelet.send('POST', podsPath('plain'), {
      ...mirror,
      metadata: { ...mirror.metadata, ownerReferences: [owner] },
    })
    t.equal(created.status, 201, messageOf(created))
    const byHand = await admin.send('POST', `${podsPath('plain')}?dryRun=All`, mirror)
    t.equal(byHand.status, 403, 'the annotation alone is worth nothing')
  })

  await t.test('it holds through a restart of the API server', async t => {
    await plane.stopProgram('kube-apiserver', 'SIGKILL')
    await plane.startProgram('kube-apiserver')
    // From the first answer on: there is no moment in which a bind slips through.
    const readyMs = performance.now()
    for (let turn = 0; turn < 20; turn++) t.not(await statusOf(plane, 'plain', 'mixed-1'), 201)
    await waitFor('the good node to be allowed', async () => (await statusOf(plane, 'plain', 'good-1')) === 201)
    t.comment(`a good node is allowed ${Math.round(performance.now() - readyMs)} ms after the API server is ready`)
    t.equal(await statusOf(plane, 'plain', 'mixed-1'), 403)
  })

  await t.test('several objects act as one', async t => {
    const entries = new Map(Array.from({ length: 200 }, (_, index) => [`s${index}`, 'Mixed: ImagesStranded']))
    const rules = {
      mode: 'enforce',
      namespaceModes: true,
      exemptNamespaces: ['legacy'],
      exemptUsers: [],
      exemptGroups: [],
    } as const
    const shards = buildShards({ entries, rules }, 1, 200)
    t.ok(shards.size >= 4, `${shards.size}`)
    for (const [name, text] of shards) await admin.apply(`${BLOCKED_NODES}/${name}`, JSON.parse(text))
    await waitFor('the last', async () => (await statusOf(plane, 'plain', 's199')) === 403)
    for (const node of ['s0', 's77', 's123']) {
      t.equal(await statusOf(plane, 'plain', node), 403)
      t.equal(await statusOf(plane, 'legacy', node), 201)
    }
    t.equal(await statusOf(plane, 'plain', 'good-1'), 201)
  })

  await t.test('the API server finds nothing wrong with the policies', async t => {
    for (const name of ['soci-guard-backstop', 'soci-guard-protection']) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`
      const { status } = await waitFor('the types to be checked', async () => {
        const policy = await admin.get<{ metadata: { name: string }; status?: { typeChecking?: object } }>(path)
        return policy.status?.typeChecking && policy
      })
      t.strictSame(status?.typeChecking, {}, name)
    }
  })

  await t.test(
    'without the definition it refuses once the API server starts anew; its binding can be deleted',
    async t => {
      await admin.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/blockednodes.soci-guard.dev')
      await waitFor('the definition to be gone', async () => (await admin.send('GET', BLOCKED_NODES)).status === 404)
      await plane.stopProgram('kube-apiserver', 'SIGKILL')
      await plane.startProgram('kube-apiserver')
      const refusal = await waitFor('the refusal', async () => {
        const answer = await admin.dryRunBind('plain', PENDING, 'good-1')
        return answer.status === 422 && messageOf(answer)
      })
      t.match(refusal, /failed to configure policy: failed to find resource referenced by paramKind: 'soci-guard\.dev/)
      t.equal(await statusOf(plane, 'kube-system', 'mixed-1'), 201)
      await admin.delete('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/soci-guard-backstop')
      await waitFor('everything to be allowed', async () => (await statusOf(plane, 'plain', 'mixed-1')) === 201)
    },
  )
})
