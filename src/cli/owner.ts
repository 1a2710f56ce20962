import { ownMember } from '../admission/own-member.ts'

/** The object that a pod belongs to, for example `apps/v1 Deployment web`; a pod on its own belongs to itself. */
export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}

/** The owner that controls an object, from its metadata.ownerReferences; null for an object that nothing controls. */
export const controllerOf = (ownerReferences: unknown): Owner | null => {
  if (!Array.isArray(ownerReferences)) return null
  const controller: unknown = ownerReferences.find(reference => ownMember(reference, 'controller') === true)
  const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map(key => ownMember(controller, key))
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return null
  return { apiVersion, kind, name }
}

/** The API group of an apiVersion: '' for `v1`, `apps` for `apps/v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
