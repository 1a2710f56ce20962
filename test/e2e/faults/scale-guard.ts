import { waitFor } from '../cluster/wait-for.ts'
import { replicasOf } from '../guard/guard-metrics.ts'
import { GUARD_NAMESPACE, rolloutStatus, succeeded } from '../guard/install-guard.ts'
import type { TestCluster } from '../test-cluster.ts'

/** Sets the number of replicas and waits until they serve, or until the last process is gone. */
export async function scaleGuard({ plane, kubelet }: TestCluster, replicas: number): Promise<void> {
  const args = ['-n', GUARD_NAMESPACE, 'scale', 'deployment/soci-guard', `--replicas=${replicas}`]
  succeeded(await plane.kubectl(args))
  if (replicas > 0) succeeded(await rolloutStatus(plane))
  else await waitFor('the last replica to end', () => replicasOf(kubelet).length === 0)
}
