import { matchesLabelSelector } from '../scheduling/match-label-selector.ts'
import type { Exemptions } from './configuration.ts'

/** Why a request or a pod is not judged. */
export type Exemption = 'namespace' | 'user' | 'group' | 'runtimeClass' | 'mirrorPod' | 'podSelector'

const MIRROR_POD_ANNOTATION = 'kubernetes.io/config.mirror'

const NODES_GROUP = 'system:nodes'

/** The exemption that the request alone gives, by namespace, user or group; null when there is none. */
export const findRequestExemption = (
  request: { readonly namespace: string; readonly username: string; readonly groups: readonly string[] },
  exemptions: Exemptions,
): Exemption | null => {
  if (exemptions.namespaces.has(request.namespace)) return 'namespace'
  if (exemptions.users.has(request.username)) return 'user'
  if (request.groups.some(group => exemptions.groups.has(group))) return 'group'
  return null
}

/** The exemption that the pod gives, by runtime class, as a mirror pod or by label; null when there is none. */
export const findPodExemption = (
  pod: {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly runtimeClassName: string
    readonly groups: readonly string[]
  },
  exemptions: Exemptions,
): Exemption | null => {
  if (pod.runtimeClassName !== '' && exemptions.runtimeClasses.has(pod.runtimeClassName)) return 'runtimeClass'
  if (isMirrorPod(pod)) return 'mirrorPod'
  if (exemptions.podSelector !== null && matchesLabelSelector(exemptions.podSelector, pod.labels)) return 'podSelector'
  return null
}

// Denying a mirror pod only hides a static pod that the kubelet runs anyway. Anybody can write the annotation; only a node is
// in the group.
const isMirrorPod = (pod: {
  readonly annotations: Readonly<Record<string, string>>
  readonly groups: readonly string[]
}): boolean => Object.hasOwn(pod.annotations, MIRROR_POD_ANNOTATION) && pod.groups.includes(NODES_GROUP)
