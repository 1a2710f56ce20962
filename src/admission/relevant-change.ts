// Which UPDATEs are worth an answer. Nearly all are not: status, labels, scale, finalizers.

import { isJsonObject, ownMember, ownMemberAt } from './own-member.ts'

const IMAGE_LISTS = ['containers', 'initContainers', 'ephemeralContainers']

/** True when the new PodSpec has a container, of any of the three kinds, with an image that the old one did not have under that name. */
export const pullsAnotherImage = (oldSpec: unknown, newSpec: unknown): boolean => {
  const before = imagesByName(oldSpec)
  for (const [name, image] of imagesByName(newSpec)) {
    if (before.get(name) !== image) return true
  }
  return false
}

// Names are unique across the three lists (API validation).
const imagesByName = (spec: unknown): Map<string, string> => {
  const images = new Map<string, string>()
  for (const list of IMAGE_LISTS) {
    const containers = ownMember(spec, list)
    for (const container of Array.isArray(containers) ? containers : []) {
      const name = ownMember(container, 'name')
      const image = ownMember(container, 'image')
      if (typeof name === 'string') images.set(name, typeof image === 'string' ? image : '')
    }
  }
  return images
}

/** True when anything that a prediction reads of a Pod or pod template differs, or a rollout was asked for. */
export const templateChanged = (oldPod: unknown, newPod: unknown): boolean =>
  READ_PATHS.some(path => !sameJson(ownMemberAt(oldPod, path), ownMemberAt(newPod, path))) ||
  pullsAnotherImage(ownMember(oldPod, 'spec'), ownMember(newPod, 'spec'))

const READ_PATHS: readonly (readonly string[])[] = [
  ['metadata', 'labels'],
  // What `kubectl rollout restart` writes: the same template, and new pods of it.
  ['metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'],
  ['spec', 'nodeName'],
  ['spec', 'nodeSelector'],
  ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'],
  ['spec', 'tolerations'],
  ['spec', 'runtimeClassName'],
  ['spec', 'hostNetwork'],
]

const sameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  // Absent and null are the same to the API server.
  if (one === undefined || one === null) return other === undefined || other === null
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((member, index) => sameJson(member, other[index]))
  }
  return isJsonObject(one) && isJsonObject(other) && sameMembers(one, other)
}

const sameMembers = (one: Record<string, unknown>, other: Record<string, unknown>): boolean =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every(key =>
    sameJson(ownMember(one, key), ownMember(other, key)),
  )
