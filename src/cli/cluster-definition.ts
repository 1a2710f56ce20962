import { GuardError, isGuardError } from '../errors.ts'
import type { WatchedKindName } from '../inventory/cluster/watched-kind.ts'

/** The error of reading a kind, in better words where it says that the cluster does not have reports at all. */
export const asMissingDefinition = (kind: WatchedKindName, error: unknown): unknown => {
  if (kind !== 'reports' || !isGuardError(error) || error.code !== 'SOCI_GUARD_API_NOT_FOUND') return error
  const message =
    'the cluster has no nodesnapshotters.soci-guard.dev, so nothing is known of its nodes; install soci-guard: kubectl apply -k manifests/overlays/audit'
  return new GuardError(error.code, message, { cause: error })
}
