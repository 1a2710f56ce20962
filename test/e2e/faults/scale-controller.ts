import { waitFor } from '../cluster/wait-for.ts'
import { podsOf } from '../guard/guard-metrics.ts'
import { GUARD_NAMESPACE, succeeded } from '../guard/install-guard.ts'
import type { TestCluster } from '../test-cluster.ts'

/** The name of its Deployment. */
export const CONTROLLER = 'soci-guard-controller'

/** Sets the number of controllers and waits until all of them are ready, or until the last process is gone. */
export async function scaleController({ plane, kubelet }: TestCluster, replicas: number): Promise<void> {
  const inNamespace = ['-n', GUARD_NAMESPACE]
  succeeded(await plane.kubectl([...inNamespace, 'scale', `deployment/${CONTROLLER}`, `--replicas=${replicas}`]))
  const status = ['rollout', 'status', `deployment/${CONTROLLER}`, '--timeout=60s']
  if (replicas > 0) succeeded(await plane.kubectl([...inNamespace, ...status], { timeoutMs: 65_000 }))
  await waitFor(`${replicas} controllers`, () => podsOf(kubelet, 'controller').length === replicas)
}
