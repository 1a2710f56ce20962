import t from 'tap'
import { waitFor } from './cluster/wait-for.ts'
import { annotationsOf } from './guard/annotations.ts'
import { audited } from './guard/audited.ts'
import { logLine } from './guard/guard-log.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { podObject, podSpec } from './guard/pod-object.ts'
import { boundNode } from './guard/scheduling.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(120_000)

const GROUPS = [
  'Mixed (ConfiguredAfterLaunch): mixed-1: replace the node',
  'NotDefault (SnapshotterNotDefault): other-default-1: set the default snapshotter at launch and replace the node',
  "Broken (SnapshotterUnavailable): broken-1: restart the snapshotter's service on the node",
  'Unverified (AgentStarting): starting-1: try again in some seconds',
]
/** Seven nodes: the kubelet's and two more are Ready. */
const ANYWHERE = ['4 of 7 eligible nodes are not SOCI-ready; pods are refused there', ...GROUPS]
const NOWHERE = ['the only eligible node is not SOCI-ready: its pods could not start anywhere', GROUPS[0]]

const shown = (lines: readonly (string | undefined)[]) => lines.map(line => `Warning: ${line}\n`).join('')

t.test('what a person is told before a scheduler has chosen', { timeout: 110_000 }, async t => {
  const { plane, kubelet } = await startGuardedCluster(t, {
    overlay: 'enforce',
    folder: testFolder(t, import.meta.url),
  })
  const apply = (object: unknown, ...more: string[]) =>
    plane.kubectl(['apply', '-f', '-', ...more], { input: JSON.stringify(object) })

  t.test('kubectl apply --dry-run=server of a Pod tells what its nodes would come to', async t => {
    const dryRun = await apply(podObject('web'), '--dry-run=server')
    t.strictSame(dryRun, { code: 0, stdout: 'pod/web created (server dry run)\n', stderr: shown(ANYWHERE) })
    const onBad = await apply(podObject('web', { on: 'mixed-1' }), '--dry-run=server')
    t.equal(
      onBad.stderr,
      shown(['the only eligible node is not SOCI-ready: this pod could not start anywhere', GROUPS[0]]),
    )
  })

  for (const { kind, stdout, object } of WORKLOADS)
    t.test(`kubectl apply --dry-run=server of a ${kind} tells what its pods would meet`, async t => {
      const free = await apply(object(podSpec()), '--dry-run=server')
      t.strictSame(free, { code: 0, stdout: `${stdout} created (server dry run)\n`, stderr: shown(ANYWHERE) })
      const pinned = await apply(object(podSpec({ nodeSelector: ON_MIXED })), '--dry-run=server')
      t.equal(pinned.stderr, shown(NOWHERE))
      const good = await apply(object(podSpec({ nodeSelector: ON_GOOD })), '--dry-run=server')
      t.equal(good.stderr, '')
    })

  t.test('kubectl run and kubectl create deployment tell it without being asked', async t => {
    t.strictSame(await plane.kubectl(['run', 'shell', '--image=busybox:1', '--dry-run=server']), {
      code: 0,
      stdout: 'pod/shell created (server dry run)\n',
      stderr: shown(ANYWHERE),
    })
    t.strictSame(await plane.kubectl(['create', 'deployment', 'shop', '--image=registry.test/shop:1']), {
      code: 0,
      stdout: 'deployment.apps/shop created\n',
      stderr: shown(ANYWHERE),
    })
  })

  t.test('changes of a Deployment that make new pods tell it again, and others say nothing', async t => {
    const restarted = await plane.kubectl(['rollout', 'restart', 'deployment/shop'])
    t.strictSame(restarted, { code: 0, stdout: 'deployment.apps/shop restarted\n', stderr: shown(ANYWHERE) })
    const image = await plane.kubectl(['set', 'image', 'deployment/shop', 'shop=registry.test/shop:2'])
    t.strictSame(image, { code: 0, stdout: 'deployment.apps/shop image updated\n', stderr: shown(ANYWHERE) })
    t.strictSame(await plane.kubectl(['scale', 'deployment/shop', '--replicas=2']), {
      code: 0,
      stdout: 'deployment.apps/shop scaled\n',
      stderr: '',
    })
    t.strictSame(await plane.kubectl(['label', 'deployment/shop', 'tier=web']), {
      code: 0,
      stdout: 'deployment.apps/shop labeled\n',
      stderr: '',
    })
  })

  t.test('the pods that controllers make of it are never asked about', async t => {
    const events = await audited(plane, { verb: 'create', resource: 'pods', user: REPLICA_SETS, code: 201 })
    for (const event of events) t.equal(annotationsOf(event, 'advisory'), undefined)
  })

  t.test('the prediction is in the audit log and in our log too', async t => {
    const [event] = await audited(plane, { verb: 'create', resource: 'deployments', name: 'shop', code: 201 })
    const outcome = { decision: 'warn', mode: 'enforce', state: 'Mixed', reason: 'ConfiguredAfterLaunch' }
    t.strictSame(annotationsOf(event, 'advisory'), outcome)
    t.match(await logLine(kubelet, { webhook: 'advisory', name: 'shop', operation: 'CREATE' }), {
      ...outcome,
      resource: 'deployments.apps',
      message: `${ANYWHERE[0]}. ${ANYWHERE[1]}`,
    })
  })

  t.test('cordons, taints and tolerations count as the scheduler counts them', async t => {
    for (const node of ['broken-1', 'other-default-1', 'starting-1'])
      t.equal((await plane.kubectl(['cordon', node])).code, 0)
    await plane.kubectl(['taint', 'node', 'mixed-1', 'team=ml:NoSchedule'])
    const quiet = await waitFor('the taint', async () => {
      const { stderr } = await apply(podObject('web'), '--dry-run=server')
      return stderr === '' && { stderr }
    })
    t.equal(quiet.stderr, '')
    const tolerations = [{ key: 'team', operator: 'Equal', value: 'ml', effect: 'NoSchedule' }]
    const tolerant = await apply(podObject('web', { spec: { tolerations } }), '--dry-run=server')
    t.equal(tolerant.stderr, shown(['1 of 4 eligible nodes is not SOCI-ready; pods are refused there', GROUPS[0]]))
    const daemonSet = WORKLOADS.find(({ kind }) => kind === 'DaemonSet')?.object(podSpec())
    t.equal(
      (await apply(daemonSet, '--dry-run=server')).stderr,
      shown(['3 of 6 eligible nodes are not SOCI-ready; pods are refused there', ...GROUPS.slice(1)]),
    )
  })

  t.test('a warned pod is created all the same, and ends on a node that is Ready', async t => {
    const created = await apply(podObject('web'))
    t.equal(created.code, 0)
    t.match(await boundNode(plane, 'web'), /^(good-[12]|kubelet-1)$/)
    t.strictSame(kubelet.problems, [])
  })
})

const REPLICA_SETS = 'system:serviceaccount:kube-system:replicaset-controller'
const ON_MIXED = { 'kubernetes.io/hostname': 'mixed-1' }
const ON_GOOD = { 'kubernetes.io/hostname': 'good-1' }
const labels = { app: 'web' }
const metadata = { name: 'web' }

interface Workload {
  kind: string
  stdout: string
  object: (spec: Record<string, unknown>) => unknown
}

/** The eight kinds whose controllers make pods, in the least form that the API server takes. */
const WORKLOADS: readonly Workload[] = [
  ...(['Deployment', 'ReplicaSet', 'DaemonSet'] as const).map(kind => ({
    kind,
    stdout: `${kind.toLowerCase()}.apps/web`,
    object: (spec: Record<string, unknown>) => selecting('apps/v1', kind, { matchLabels: labels }, spec),
  })),
  {
    kind: 'StatefulSet',
    stdout: 'statefulset.apps/web',
    object: spec => selecting('apps/v1', 'StatefulSet', { matchLabels: labels }, spec, { serviceName: 'web' }),
  },
  {
    kind: 'ReplicationController',
    stdout: 'replicationcontroller/web',
    object: spec => selecting('v1', 'ReplicationController', labels, spec),
  },
  {
    kind: 'Job',
    stdout: 'job.batch/web',
    object: spec => ({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: ending(spec) } }),
  },
  {
    kind: 'CronJob',
    stdout: 'cronjob.batch/web',
    object: spec => ({
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: ending(spec) } } },
    }),
  },
  {
    kind: 'PodTemplate',
    stdout: 'podtemplate/web',
    object: spec => ({ apiVersion: 'v1', kind: 'PodTemplate', metadata, template: { metadata: { labels }, spec } }),
  },
]

function selecting(
  apiVersion: string,
  kind: string,
  selector: unknown,
  spec: Record<string, unknown>,
  more: Record<string, unknown> = {},
) {
  return { apiVersion, kind, metadata, spec: { selector, template: { metadata: { labels }, spec }, ...more } }
}

function ending(spec: Record<string, unknown>) {
  return { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } }
}
