import type { ControlPlane } from '../cluster/control-plane.ts'
import { type KubectlOptions, type KubectlResult, runKubectl } from '../cluster/kubectl.ts'
import { BUNDLE } from './guard-image.ts'

/** What a program printed and how it ended. */
export type ProgramResult = KubectlResult

/** Runs a command of soci-guard against the cluster, as its administrator. */
export function runGuard(
  plane: ControlPlane,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<ProgramResult> {
  const kubeconfig = options.kubeconfig ?? plane.files.path('admin.kubeconfig')
  return runKubectl(process.execPath, kubeconfig, [BUNDLE, ...args], options)
}
