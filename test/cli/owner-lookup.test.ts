import t from 'tap'
import { createFindWorkload } from '../../src/cli/owner-lookup.ts'
import { controllerOf, type Owner } from '../../src/scan/owner.ts'

const replicaSet = (name: string): Owner => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: 'r' })
const job = (name: string): Owner => ({ apiVersion: 'batch/v1', kind: 'Job', name, uid: 'j' })
const deployment: Owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u' }

const CASES: readonly {
  name: string
  owner: Owner
  templateHash?: string
  controller: Owner | null | 'unknown'
  want: string
}[] = [
  { name: 'a ReplicaSet of a Deployment', owner: replicaSet('web-1'), controller: deployment, want: 'Deployment/web' },
  { name: 'a ReplicaSet on its own', owner: replicaSet('web-1'), controller: null, want: 'ReplicaSet/web-1' },
  {
    name: 'a ReplicaSet that cannot be read, by the hash in its name',
    owner: replicaSet('web-app-6f9'),
    templateHash: '6f9',
    controller: 'unknown',
    want: 'Deployment/web-app',
  },
  {
    name: 'a ReplicaSet that cannot be read, whose name has no hash',
    owner: replicaSet('web-app'),
    templateHash: '6f9',
    controller: 'unknown',
    want: 'ReplicaSet/web-app',
  },
  { name: 'a Job that cannot be read', owner: job('sync-29393280'), controller: 'unknown', want: 'CronJob/sync' },
  { name: 'a Job with a name of its own', owner: job('migrate'), controller: 'unknown', want: 'Job/migrate' },
  {
    name: 'a ReplicaSet of another API group',
    owner: { apiVersion: 'example.com/v1', kind: 'ReplicaSet', name: 'x-6f9', uid: 'x' },
    templateHash: '6f9',
    controller: deployment,
    want: 'ReplicaSet/x-6f9',
  },
  {
    name: 'a kind named like a property of every object',
    owner: { apiVersion: 'v1', kind: 'constructor', name: 'x', uid: 'c' },
    controller: deployment,
    want: 'constructor/x',
  },
]

for (const { name, owner, templateHash = '', controller, want } of CASES) {
  t.test(`the workload of ${name} is ${want}`, async t => {
    const found = await createFindWorkload(async () => controller)({ namespace: 'shop', owner, templateHash })
    t.equal(`${found.kind}/${found.name}`, want)
  })
}

t.test('of several owners the one that controls counts, and what is no reference is none', async t => {
  const { apiVersion, kind, name } = deployment
  t.strictSame(
    controllerOf([{ ...replicaSet('x') }, { apiVersion, kind, name, uid: 'u', controller: true }]),
    deployment,
  )
  for (const references of [undefined, null, 'x', [], [replicaSet('x')], [{ controller: true, kind: 3 }]]) {
    t.equal(controllerOf(references), null)
  }
})
