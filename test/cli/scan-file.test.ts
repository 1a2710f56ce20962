import t, { type Test } from 'tap'
import { nodeObject, OVERLAYFS, podObject, reportObject } from '../support/cluster-objects.ts'
import { runCommand } from '../support/run-command.ts'

const pod = (...args: Parameters<typeof podObject>) => ({ apiVersion: 'v1', kind: 'Pod', ...podObject(...args) })

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Node', ...nodeObject('bad') },
  reportObject('bad', OVERLAYFS),
  pod('shop', 'web-6f9-1', 'bad', {
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6f9' },
    labels: { 'pod-template-hash': '6f9' },
  }),
  pod('shop', 'old-1', 'bad', { owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'old' } }),
  pod('lab', 'alone', 'bad', { labels: { app: 'x' } }),
  pod('shop', 'over', 'bad', { phase: 'Failed' }),
]

const scan = (t: Test, objects: readonly object[], ...args: string[]) => {
  const folder = t.testdir({ 'i.json': objects.map(object => JSON.stringify(object)).join('\n') })
  return runCommand(['scan', '--inventory', folder, ...args])
}

t.test('the pods of an inventory file are scanned too, and names tell who owns them', async t => {
  t.strictSame(await scan(t, OBJECTS), {
    code: 1,
    stdout: `NODE   STATE        REASON                  NAMESPACE   OWNER            PODS
bad    NotDefault   SnapshotterNotDefault   lab         Pod/alone        1
bad    NotDefault   SnapshotterNotDefault   shop        Deployment/web   1
bad    NotDefault   SnapshotterNotDefault   shop        ReplicaSet/old   1
`,
    stderr: '3 pods of 3 owners on 1 of 1 node.\n',
  })
})

t.test('an owner in the file tells more than its name', async t => {
  const replicaSet = {
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    metadata: {
      ...{ name: 'old', namespace: 'shop' },
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'canary', controller: true }],
    },
  }
  const { stdout } = await scan(t, [...OBJECTS, replicaSet], '-n', 'shop')
  t.match(stdout, /Rollout\/canary +1\n/)
})

t.test('a namespace and a selector narrow it down', async t => {
  t.match((await scan(t, OBJECTS, '-n', 'lab')).stderr, '1 pod of 1 owner in namespace lab on 1 of 1 node.\n')
  t.match((await scan(t, OBJECTS, '-l', 'app=x')).stdout, /Pod\/alone +1\n$/)
  t.match(await scan(t, OBJECTS, '-l', 'app=y'), { code: 0, stdout: '' })
})
