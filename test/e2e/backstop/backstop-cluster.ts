import { join } from 'node:path'
import type { Test } from 'tap'
import { createBlockedNodesKeeper } from '../../../src/controller/blocked-nodes/blocked-nodes-keeper.ts'
import { createBlockedNodesStore } from '../../../src/controller/blocked-nodes/blocked-nodes-store.ts'
import { createVerdictFeed } from '../../../src/controller/verdict-feed.ts'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import type { GuardConfiguration } from '../../../src/policy/configuration.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import type { Identity } from '../cluster/identity.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { binariesFolder } from '../test-cluster.ts'

const MANIFESTS = join(import.meta.dirname, '../../../manifests')
const FILES = [
  'base/10-namespace',
  'base/20-crd-nodesnapshotters',
  'base/21-crd-blockednodes',
  'base/32-agent-rbac',
  'base/33-agent-policy',
  'base/37-blocked-nodes-rbac',
  'components/backstop/backstop-policy',
  'components/backstop/protection-policy',
]

/** The namespace of the manifests, and the ServiceAccount of the controller. */
export const NAMESPACE = 'soci-guard-system'
export const CONTROLLER = 'soci-guard-controller'

/** Where the objects are. */
export const BLOCKED_NODES = '/apis/soci-guard.dev/v1alpha1/blockednodes'

/** A control plane with the definitions, rights and policies, and nothing of soci-guard running; it ends with the given test. */
export async function startBackstopCluster(t: Test, folder: string): Promise<ControlPlane> {
  const plane = await startControlPlane({ binaries: binariesFolder(), folder: join(folder, 'plane') })
  t.teardown(() => plane.stop())
  const applied = await plane.kubectl(['apply', ...FILES.flatMap(name => ['-f', join(MANIFESTS, `${name}.yaml`)])])
  if (applied.code !== 0) throw new Error(applied.stderr)
  await plane.admin.create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: CONTROLLER } })
  await waitFor('BlockedNodes to be served', async () => (await plane.admin.send('GET', BLOCKED_NODES)).status === 200)
  return plane
}

/** A token of a ServiceAccount, as the API server signs it for a pod. */
export async function accountIdentity(plane: ControlPlane, account: string, namespace = NAMESPACE): Promise<Identity> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } }
  const { status } = await plane.admin.create<{ status: { token: string } }>(path, request)
  return { token: status.token }
}

/** A keeper that runs in the test with the rights of the controller, and the feed that it listens to. */
export async function runKeeper(t: Test, plane: ControlPlane, configuration: () => GuardConfiguration) {
  const connection = createApiConnection({
    kubeconfig: plane.kubeconfig('controller', await accountIdentity(plane, CONTROLLER)),
    context: undefined,
    env: {},
    userAgent: 'test',
    nowMs: () => performance.now(),
  })
  const { feed, take } = createVerdictFeed()
  const warnings: string[] = []
  const rounds: { nodes: number; objects: number; writes: number }[] = []
  const keeper = createBlockedNodesKeeper({
    store: signal => createBlockedNodesStore(connection, signal),
    feed,
    brake: { reason: () => null },
    configuration,
    recorder: { published: counts => rounds.push(counts), failed: () => {} },
    log: { info: () => {}, warn: (_fields, message) => warnings.push(message) },
    nowMs: () => performance.now(),
    random: () => 0,
    times: { verifyMs: 2_000 },
  })
  t.teardown(async () => {
    await keeper.stop()
    connection.close()
  })
  return { keeper, take, warnings, rounds }
}

/** A namespace that pods can be made in, with a pending pod that no scheduler takes. */
export async function createNamespace(plane: ControlPlane, name: string, mode?: string): Promise<void> {
  const labels = mode === undefined ? {} : { 'soci-guard.dev/mode': mode }
  await plane.admin.create('/api/v1/namespaces', { metadata: { name, labels } })
  await createPendingPod(plane, name)
}

/** The pending pod that dry-run binds are asked for. */
export const PENDING = 'pending'

/** Makes the pending pod in a namespace that is there. */
export async function createPendingPod(plane: ControlPlane, namespace: string): Promise<void> {
  await waitFor('the ServiceAccount', () => plane.admin.find(`/api/v1/namespaces/${namespace}/serviceaccounts/default`))
  await plane.admin.create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: PENDING },
    spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'i' }] },
  })
}

/** What an answer says, '' where it is no refusal. */
export const messageOf = ({ body }: { body: unknown }): string => (body as { message?: string }).message ?? ''

/** The sentence of a policy with what the API server puts before it. */
export const denial = (resource: string, name: string, policy: string, sentence: string): string =>
  `${resource} "${name}" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${sentence}`
