import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { KubernetesObject } from './cluster/kubernetes-object.ts'
import { waitFor } from './cluster/wait-for.ts'
import { bindOutcome } from './faults/bind-outcome.ts'
import { streamBinds } from './faults/bind-stream.ts'
import { scaleController } from './faults/scale-controller.ts'
import { bundlesOf, WEBHOOKS, watchTrust } from './faults/trust-watch.ts'
import { podsOf, replicasOf } from './guard/guard-metrics.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { GUARD_NAMESPACE, overlayFolder, succeeded } from './guard/install-guard.ts'
import { steadily } from './guard/steadily.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(280_000)

const SECRETS = `/api/v1/namespaces/${GUARD_NAMESPACE}/secrets`
const CA = `${SECRETS}/soci-guard-ca`
const TLS = `${SECRETS}/soci-guard-tls`
const RIGHT = { 'good-1': 'allow', 'mixed-1': 'deny' } as const
const ROTATION_MS = 60_000

interface Secret extends KubernetesObject {
  type: string
  data: Record<string, string>
}

t.test('certificates that the controller keeps', { timeout: 270_000 }, async t => {
  const cluster = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
    controller: true,
  })
  const { plane, kubelet } = cluster
  const { admin } = plane
  const text = async (path: string, key: string) =>
    Buffer.from((await admin.get<Secret>(path)).data[key] ?? '', 'base64').toString()
  const versionOf = async (path: string) => (await admin.find(path))?.metadata.resourceVersion
  const restarts = () => replicasOf(kubelet).map(({ keepers }) => keepers[0]?.state.restartCount)

  t.test('kubectl apply -k was all that was needed', async t => {
    t.strictSame(await Promise.all(Object.keys(RIGHT).map(node => bindOutcome(admin, node))), Object.values(RIGHT))
    const [secret, authority] = [await admin.get<Secret>(TLS), await admin.get<Secret>(CA)]
    t.equal(secret.type, 'kubernetes.io/tls')
    t.strictSame(Object.keys(secret.data).sort(), ['ca.crt', 'tls.crt', 'tls.key'])
    t.strictSame(Object.keys(authority.data).sort(), ['ca.crt', 'ca.key'])
    t.strictSame(await bundlesOf(admin), [await text(CA, 'ca.crt')], 'all webhooks trust this authority alone')
  })

  t.test('the controller may read and write its two Secrets and no other', async t => {
    const user = `system:serviceaccount:${GUARD_NAMESPACE}:soci-guard-controller`
    const may = async (...args: string[]) =>
      (await plane.kubectl(['auth', 'can-i', `--as=${user}`, '-n', GUARD_NAMESPACE, ...args])).stdout.trim()
    t.equal(await may('get', 'secrets/soci-guard-ca'), 'yes')
    t.equal(await may('update', 'secrets/soci-guard-tls'), 'yes')
    t.equal(await may('get', 'secrets/other'), 'no')
    t.equal(await may('list', 'secrets'), 'no')
    t.equal(await may('update', 'validatingwebhookconfigurations/other'), 'no')
    t.equal(await may('get', 'secrets/soci-guard-ca', '-n', 'default'), 'no')
  })

  t.test('applying the manifests again changes nothing of it', async t => {
    const before = await Promise.all([CA, TLS, WEBHOOKS].map(versionOf))
    succeeded(await plane.kubectl(['apply', '-k', overlayFolder('enforce')]))
    t.strictSame(await Promise.all([CA, TLS, WEBHOOKS].map(versionOf)), before)
  })

  t.test('lives of seconds are the matter of three settings', async () => {
    const settings = ['AUTHORITY_SECONDS=12', 'SERVING_CERTIFICATE_SECONDS=9', 'CERTIFICATE_SETTLE_SECONDS=1']
    const variables = settings.map(setting => `SOCI_GUARD_${setting}`)
    const args = ['-n', GUARD_NAMESPACE, 'set', 'env', 'deployment/soci-guard-controller', ...variables]
    succeeded(await plane.kubectl(args))
    await scaleController(cluster, 1)
  })

  t.test('a deleted Secret, a damaged one and a lost authority are repaired, and no call fails for it', async t => {
    const stream = streamBinds(admin, RIGHT)
    const trust = watchTrust(admin, kubelet)
    const certificate = await text(TLS, 'tls.crt')
    await admin.delete(TLS)
    await waitFor('the Secret to be made anew', async () => (await admin.find(TLS)) !== undefined)
    t.not(await text(TLS, 'tls.crt'), certificate)

    await admin.patch(TLS, { data: { 'tls.key': Buffer.from('nonsense').toString('base64') } })
    await waitFor('the key to be a key again', async () => /PRIVATE KEY/.test(await text(TLS, 'tls.key')))

    const authority = await text(CA, 'ca.crt')
    await admin.delete(CA)
    await waitFor('another authority, alone', async () => {
      const [bundle, ...more] = await bundlesOf(admin)
      return more.length === 0 && bundle === (await text(CA, 'ca.crt')) && !bundle.includes(authority)
    })
    const { failed, wrong, answers, slowestMs } = await stream.stop()
    const { broken } = await trust.stop()
    t.comment(`${answers} binds, the slowest ${Math.round(slowestMs)} ms`)
    t.strictSame({ failed, wrong, broken }, { failed: [], wrong: [], broken: [] })
  })

  t.test('rotation every few seconds for a minute fails no call', { timeout: 120_000 }, async t => {
    const before = restarts()
    const stream = streamBinds(admin, RIGHT)
    const trust = watchTrust(admin, kubelet)
    await sleep(ROTATION_MS / 3)
    await scaleController(cluster, 2)
    await sleep(ROTATION_MS / 3)
    // The one that was there first, in the middle of whatever it does.
    const [first] = podsOf(kubelet, 'controller')
    await admin.delete(`/api/v1/namespaces/${GUARD_NAMESPACE}/pods/${first?.pod.metadata.name}`)
    await sleep(ROTATION_MS / 3)
    const { failed, wrong, answers, slowestMs } = await stream.stop()
    const { broken, handshakes, authorities, leaves } = await trust.stop()
    t.comment(
      `${answers} binds, the slowest ${Math.round(slowestMs)} ms; ${handshakes} handshakes, ${authorities.size} authorities, ${leaves.size} leaves`,
    )
    t.strictSame({ failed, wrong, broken }, { failed: [], wrong: [], broken: [] })
    t.ok(authorities.size >= 5, `${authorities.size} authorities`)
    t.ok(leaves.size >= 8, `${leaves.size} leaves`)
    t.strictSame(restarts(), before, 'no replica was started again for it')
    const leaf = new X509Certificate(await text(TLS, 'tls.crt'))
    t.ok(leaf.validToDate.getTime() > Date.now(), 'and there is one to go on with')
  })

  t.test('a caBundle that somebody emptied or wrote over is put right', async t => {
    const foreign = readFileSync(plane.files.path('ca.crt'), 'utf8')
    for (const bundle of ['', Buffer.from(foreign).toString('base64')]) {
      const { webhooks } = await admin.get<{ metadata: { name: string }; webhooks: unknown[] }>(WEBHOOKS)
      const change = webhooks.map((_, index) => ({
        op: 'replace',
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value: bundle,
      }))
      await admin.patch(WEBHOOKS, change, 'json-patch')
      await waitFor(
        'the caBundle to be put right',
        async () => !(await bundlesOf(admin)).some(pem => pem === '' || pem === foreign),
      )
      await waitFor('the right answers', async () => (await bindOutcome(admin, 'good-1')) === 'allow')
      await steadily('the answer about a mixed node', 'deny', () => bindOutcome(admin, 'mixed-1'))
    }
    t.pass()
  })

  t.test('nothing went wrong beside the tests', async t => {
    // The Secret was not there for a moment, because a test deleted it.
    const problems = kubelet.problems.filter(problem => !problem.includes('secret "soci-guard-tls" not found'))
    t.strictSame(problems, [])
    for (const { logs } of podsOf(kubelet, 'controller')) t.notMatch(logs('soci-guard'), /SOCI_GUARD_INTERNAL/)
  })
})
