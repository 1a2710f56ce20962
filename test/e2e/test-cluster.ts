import { join } from 'node:path'
import type { Test } from 'tap'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './cluster/control-plane.ts'
import { createNodes } from './cluster/nodes.ts'
import { startPodReaper } from './cluster/pod-reaper.ts'
import type { Images } from './kubelet/image.ts'
import { startTestKubelet, type TestKubelet } from './kubelet/test-kubelet.ts'

/** A control plane with one node whose kubelet runs the pods of our namespace, and deletion that ends on all others. */
export interface TestCluster {
  readonly plane: ControlPlane
  readonly kubelet: TestKubelet
}

/** What a test file's cluster is made of. */
export interface TestClusterOptions extends Partial<ControlPlaneOptions> {
  images: Images
  /** Kept after the run; holds `logs/` of the programs and of the containers. */
  folder: string
  namespace?: string
}

/** The node whose kubelet is real enough to run pods; it carries the label `e2e.soci-guard.dev/kubelet`. */
export const KUBELET_NODE = 'kubelet-1'

/** Where the programs are, from the environment that `run.ts` gives. */
export function binariesFolder(): string {
  const folder = process.env.SOCI_GUARD_E2E_BINARIES
  if (!folder) throw new Error('SOCI_GUARD_E2E_BINARIES is not set: start the tests with `npm run test:e2e`')
  return folder
}

/** Starts a cluster that ends with the given test, which must not be the root: tap waits for open handles before the root's teardown. */
export async function startTestCluster(t: Test, options: TestClusterOptions): Promise<TestCluster> {
  const { images, folder, namespace = 'soci-guard-system' } = options
  const plane = await startControlPlane({ binaries: binariesFolder(), ...options, folder: join(folder, 'plane') })
  t.teardown(() => plane.stop())
  const kubelet = startTestKubelet({ api: plane.admin, nodeName: KUBELET_NODE, namespace, images, folder })
  t.teardown(() => kubelet.stop())
  t.teardown(startPodReaper(plane.admin, name => name === KUBELET_NODE))
  await createNodes(plane.admin, [{ name: KUBELET_NODE, labels: { 'e2e.soci-guard.dev/kubelet': 'true' } }])
  return { plane, kubelet }
}
