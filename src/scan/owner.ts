import { ownMember } from '../admission/own-member.ts'

/** The object that a pod belongs to, for example `apps/v1 Deployment web`; a pod on its own belongs to itself. */
export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** '' where it is not known. */
  readonly uid: string
}

/** A pod's direct owner, with what is needed to find the workload above it. */
export interface DirectOwner {
  readonly namespace: string
  readonly owner: Owner
  /** The pod's label pod-template-hash, '' without one. */
  readonly templateHash: string
}

/** The owner that controls an object, from its metadata.ownerReferences; null for an object that nothing controls. */
export const controllerOf = (ownerReferences: unknown): Owner | null => {
  if (!Array.isArray(ownerReferences)) return null
  const controller: unknown = ownerReferences.find(reference => ownMember(reference, 'controller') === true)
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map(key => ownMember(controller, key))
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return null
  return { apiVersion, kind, name, uid: typeof uid === 'string' ? uid : '' }
}

/** The API group of an apiVersion: '' for `v1`, `apps` for `apps/v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/** One text for each owner. */
export const ownerKey = ({ namespace, owner }: Pick<DirectOwner, 'namespace' | 'owner'>): string =>
  [namespace, owner.apiVersion, owner.kind, owner.name].join('\n')
