import type { ReadController } from './owner-lookup.ts'

/** How much is asked for and remembered. */
export interface OwnerLimits {
  /** Look-ups in one look at the pods; the rest goes by names until it is their turn. */
  readonly maxLookUps: number
  readonly maxRemembered: number
}

/** Remembers what controls what: a ReplicaSet does not change hands, and would otherwise be asked for in every look at the pods. */
export const createRememberedOwners = (
  readController: ReadController,
  { maxLookUps, maxRemembered }: OwnerLimits,
): { readonly read: ReadController; beginLook(): void } => {
  const known = new Map<string, Awaited<ReturnType<ReadController>>>()
  let left = maxLookUps
  return {
    beginLook: () => {
      left = maxLookUps
      // What is still there is found again soon enough.
      if (known.size > maxRemembered) known.clear()
    },
    read: async (namespace, owner) => {
      const key = [namespace, owner.apiVersion, owner.kind, owner.name, owner.uid].join('\n')
      const found = known.get(key)
      if (found !== undefined) return found
      if (left === 0) return 'unknown'
      left -= 1
      const controller = await readController(namespace, owner)
      if (controller !== 'unknown') known.set(key, controller)
      return controller
    },
  }
}
