// SOCI fetches outside of the pull that the kubelet authenticates, so it needs credentials of its own (docs/registry-authentication.md
// of soci-snapshotter). With CRI credentials on, and only then, its socket serves CRI's ImageService: that is told live.

import type { RegistryAuthentication } from '../node-report.ts'
import { CALLS, pluginImageCall } from './calls.ts'
import { answerTo, errorOf, type Observation } from './observation.ts'
import { fieldOf, flagOf } from './raw-fields.ts'

const UNIMPLEMENTED = 12

/** How the snapshotter gets credentials: the first mechanism that is set up; Unknown where its files could not be read. */
export const registryAuthenticationOf = (observation: Observation, snapshotter: string): RegistryAuthentication => {
  const call = pluginImageCall(snapshotter)
  if (answerTo(observation, call) !== undefined) return 'CRICredentials'
  const files = answerTo(observation, CALLS.snapshotterFiles)
  const config = fieldOf(files, 'config')
  const isOff = errorOf(observation, call)?.code === UNIMPLEMENTED
  if (!isOff && isEnabled(config, 'cri_keychain')) return 'CRICredentials'
  if (isEnabled(config, 'kubeconfig_keychain')) return 'KubernetesSecrets'
  if (flagOf(files, 'dockerConfig') === true) return 'DockerConfig'
  return isOff && flagOf(files, 'complete') === true ? 'None' : 'Unknown'
}

const isEnabled = (config: unknown, table: string): boolean =>
  flagOf(fieldOf(config, table), 'enable_keychain') === true
