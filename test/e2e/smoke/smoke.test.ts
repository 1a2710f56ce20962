import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readAuditLog } from '../cluster/audit-log.ts'
import { createNodes } from '../cluster/nodes.ts'
import { createAuthority, issueCertificate } from '../cluster/pki.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { assembleRoot } from '../kubelet/image.ts'
import { KUBELET_NODE, startTestCluster } from '../test-cluster.ts'
import { smokeManifests } from './manifests.ts'

const folder = process.env.SOCI_GUARD_E2E_FOLDER ?? t.testdir()
const NAMESPACE = 'soci-guard-system'
const PODS = '/api/v1/namespaces/default/pods'

t.setTimeout(240_000)

const since = (startMs: number) => `${Math.round(performance.now() - startMs)} ms`

t.test('a webhook in pods is called by the real API server and the real scheduler', { timeout: 200_000 }, async t => {
  const root = join(folder, 'root')
  assembleRoot(
    root,
    { source: process.execPath, target: '/bin/node' },
    {
      '/app/webhook.js': join(import.meta.dirname, 'webhook.js'),
      '/app/package.json': join(import.meta.dirname, '..', 'package.json'),
    },
  )
  // As in most images: a mount below /var/run must stay inside the root.
  mkdirSync(join(root, 'var'))
  symlinkSync('/run', join(root, 'var/run'))
  const image = { root, entrypoint: ['/bin/node', '/app/webhook.js'], user: 65532, group: 65532 }
  const startMs = performance.now()
  const { plane, kubelet } = await startTestCluster(t, { images: new Map([['example.test/guard:1', image]]), folder })
  t.comment(`cluster ready in ${since(startMs)}`)
  await createNodes(plane.admin, [{ name: 'node-b' }, { name: 'node-c' }])

  const authority = createAuthority('guard-ca')
  const serving = issueCertificate(authority, { commonName: 'guard', dnsNames: [`guard.${NAMESPACE}.svc`] })
  const tls = { crt: serving.certificatePem, key: serving.privateKeyPem }
  const applyMs = performance.now()
  const applied = await plane.kubectl(['apply', '-f', '-'], {
    input: smokeManifests({ tls, caBundle: authority.certificatePem }),
  })
  t.equal(applied.code, 0, applied.stderr)
  t.equal(applied.stderr, '')
  const rollout = await plane.kubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/guard', '--timeout=30s'], {
    timeoutMs: 40_000,
  })
  t.equal(
    rollout.code,
    0,
    rollout.stderr + [...kubelet.pods.values()].map(pod => JSON.stringify(pod.keepers[0]?.state)).join('\n'),
  )
  t.comment(`rollout of two replicas in ${since(applyMs)}`)

  const pod = (name: string, spec: Record<string, unknown>) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  })
  await plane.admin.create(PODS, pod('probe', { schedulerName: 'nobody' }))
  const probed = await waitFor('the webhook to be asked', async () => {
    const answer = await plane.admin.dryRunBind('default', 'probe', 'node-c')
    return answer.status === 403 && answer
  })
  t.match(probed.body, { message: /admission webhook "bindings.guard.test" denied the request: node node-c is denied/ })
  t.match(probed.warnings, [/^judged by guard-/])

  t.test('the scheduler binds to a node that the webhook allows', async t => {
    await plane.admin.create(PODS, pod('fine', { nodeSelector: { 'kubernetes.io/hostname': 'node-b' } }))
    const bound = await waitFor('the pod to be bound', async () => {
      const found = await plane.admin.get<{ spec: { nodeName?: string } }>(`${PODS}/fine`)
      return found.spec.nodeName
    })
    t.equal(bound, 'node-b')
  })

  t.test('the scheduler is refused a node that the webhook denies, and the user sees why', async t => {
    await plane.admin.create(PODS, pod('refused', { nodeSelector: { 'kubernetes.io/hostname': 'node-c' } }))
    const event = await waitFor('the FailedScheduling event', async () => {
      const events = await plane.admin.list<{ reason: string; message: string }>(
        '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Drefused',
      )
      return events.find(candidate => candidate.reason === 'FailedScheduling')
    })
    t.match(event.message, /denied the request: node node-c is denied/)
    const audited = readAuditLog(
      plane.files.auditLog,
      ({ objectRef }) => objectRef?.subresource === 'binding' && objectRef.name === 'refused',
    )
    t.match(audited[0], { user: { username: 'system:kube-scheduler' }, responseStatus: { code: 403 } })
  })

  t.test('the container runs as the manifest says, with a token bound to the pod and its node', async t => {
    const [name, worker] = [...kubelet.pods][0] ?? assert.fail('no pod')
    const started = JSON.parse(worker.logs('guard').split('\n')[0] ?? '')
    t.match(started, {
      pid: 1,
      uid: 65532,
      ip: worker.network.ip,
      args: [`--pod=${name}`, '--cost=$5'],
      claims: { 'kubernetes.io': { node: { name: KUBELET_NODE }, pod: { name }, serviceaccount: { name: 'guard' } } },
    })
  })

  t.test('a changed ConfigMap reaches the running container', async t => {
    await plane.admin.patch(`/api/v1/namespaces/${NAMESPACE}/configmaps/guard`, { data: { 'denied-node': 'node-b' } })
    const changeMs = performance.now()
    const isAllowed = async () => (await plane.admin.dryRunBind('default', 'probe', 'node-c')).status === 201
    t.ok(await waitFor('node-c to be allowed', isAllowed, { everyMs: 5 }))
    t.comment(`ConfigMap change acts after ${since(changeMs)}`)
  })

  t.test('a frozen pod hangs without a closed connection, and thaws', async t => {
    for (const worker of kubelet.pods.values()) await worker.network.freeze()
    const answer = await Promise.race([plane.admin.dryRunBind('default', 'probe', 'node-c'), sleep(1_500)])
    t.equal(answer, undefined)
    for (const worker of kubelet.pods.values()) await worker.network.thaw()
    await waitFor(
      'an answer',
      async () => (await plane.admin.dryRunBind('default', 'probe', 'node-c')).status === 201,
      { deadlineMs: 60_000 },
    )
  })

  t.test('the API server restarts, also with etcd compacted, and everything goes on', async t => {
    const restartMs = performance.now()
    t.ok((await plane.compactEtcd()) > 1)
    await plane.stopProgram('kube-apiserver', 'SIGKILL')
    await plane.startProgram('kube-apiserver')
    t.comment(`API server restarted in ${since(restartMs)}`)
    await waitFor('a verdict', async () => (await plane.admin.dryRunBind('default', 'probe', 'node-b')).status === 403)
  })

  t.test('a rolling restart ends the old pods gracefully and takes in the new ones', async t => {
    const old = [...kubelet.pods.values()]
    const restartMs = performance.now()
    await plane.kubectl(['-n', NAMESPACE, 'rollout', 'restart', 'deployment/guard'])
    const status = await plane.kubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/guard', '--timeout=40s'], {
      timeoutMs: 50_000,
    })
    t.equal(status.code, 0, status.stderr)
    t.comment(`rolling restart in ${since(restartMs)}`)
    await waitFor('the old pods to be gone', () => old.every(({ pod }) => !kubelet.pods.has(pod.metadata.name)))
    for (const worker of old) t.match(worker.logs('guard'), /"stopping"/)
    t.equal(kubelet.pods.size, 2)
  })

  t.test('deleting everything ends', async t => {
    const gone = await plane.kubectl(['delete', 'namespace', NAMESPACE, '--timeout=40s'], { timeoutMs: 50_000 })
    t.equal(gone.code, 0, gone.stderr)
    const deleted = await plane.kubectl(['delete', 'pod', '--all', '--timeout=20s'])
    t.equal(deleted.code, 0, deleted.stderr)
    t.strictSame(kubelet.problems, [])
  })
})
