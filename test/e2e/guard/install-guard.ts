import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readAuditLog } from '../cluster/audit-log.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import type { KubectlResult } from '../cluster/kubectl.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { KUBELET_NODE, type TestCluster } from '../test-cluster.ts'
import { BUNDLE } from './guard-image.ts'

/** The namespace of the manifests. */
export const GUARD_NAMESPACE = 'soci-guard-system'

/** The ways to install that the manifests offer. */
export type Overlay = 'audit' | 'enforce'

const ROLLOUT_MS = 60_000

/** Installs the guard as docs/install.md says, with the manifests as they are, and waits until the API server asks it. */
export async function installGuard({ plane, kubelet }: TestCluster, overlay: Overlay): Promise<void> {
  succeeded(await plane.kubectl(['apply', '-k', overlayFolder(overlay)]))
  succeeded(await applyCertificates(plane))
  const rollout = await rolloutStatus(plane)
  if (rollout.code !== 0) {
    const states = [...kubelet.pods.values()].map(
      ({ pod, keepers }) => `${pod.metadata.name}: ${JSON.stringify(keepers.map(({ state }) => state))}`,
    )
    throw new Error([rollout.stderr, ...states, ...kubelet.problems].join('\n'))
  }
  await webhooksAct(plane)
}

/** The folder that `kubectl apply -k` takes. */
export function overlayFolder(overlay: Overlay): string {
  return join(import.meta.dirname, '../../../manifests/overlays', overlay)
}

/** `soci-guard certs … | kubectl apply --server-side --force-conflicts -f -`: the Secret and the webhooks' caBundles. */
export function applyCertificates(plane: ControlPlane): Promise<KubectlResult> {
  const words = ['certs', '--namespace', GUARD_NAMESPACE, '--service', 'soci-guard', '-o', 'yaml']
  const certs = spawnSync(process.execPath, [BUNDLE, ...words], { encoding: 'utf8' })
  if (certs.status !== 0) throw new Error(`soci-guard ${words.join(' ')} failed: ${certs.stderr}`)
  return plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: certs.stdout })
}

/** Waits until the Deployment has all its replicas, and all of them are the newest. */
export function rolloutStatus(plane: ControlPlane): Promise<KubectlResult> {
  const args = ['rollout', 'status', 'deployment/soci-guard', `--timeout=${ROLLOUT_MS}ms`]
  return plane.kubectl(['-n', GUARD_NAMESPACE, ...args], { timeoutMs: ROLLOUT_MS + 5_000 })
}

/** Throws what kubectl said when it did not succeed. */
export function succeeded(result: KubectlResult): KubectlResult {
  if (result.code !== 0) throw new Error(`kubectl ended with ${result.code}: ${result.stderr}${result.stdout}`)
  return result
}

/** The pending pod in the namespace `default` that dry-run binds are asked for; no scheduler takes it. */
export const PROBE_POD = 'probe'

/** Makes the probe pod and waits until the audit log holds the webhook's own annotation on a dry-run bind of it. */
async function webhooksAct(plane: ControlPlane): Promise<void> {
  await plane.admin.create('/api/v1/namespaces/default/pods', {
    metadata: { name: PROBE_POD },
    spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'i' }] },
  })
  await waitFor('the webhooks to act', async () => {
    await plane.admin.dryRunBind('default', PROBE_POD, KUBELET_NODE)
    const binds = readAuditLog(plane.files.auditLog, ({ objectRef }) => objectRef?.subresource === 'binding')
    return binds.at(-1)?.annotations?.['bindings.soci-guard.dev/decision'] !== undefined
  })
}
