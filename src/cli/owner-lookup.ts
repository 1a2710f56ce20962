// From the object that made a pod to the workload that a person wrote: ReplicaSet → Deployment, Job → CronJob. What owns those
// (an operator's own resource, say) is left aside: it is the workload that has the pod template.

import { type DirectOwner, groupOf, type Owner } from '../scan/owner.ts'

/** What controls an object; null when nothing does, or when it is gone; 'unknown' when that cannot be read. */
export type ReadController = (namespace: string, owner: Owner) => Promise<Owner | null | 'unknown'>

/** Finds the workload above a pod's direct owner. */
export type FindWorkload = (direct: DirectOwner) => Promise<Owner>

/** Owners that the workload controllers make, each with how a name tells the workload where it cannot be read. */
const INTERMEDIATE: Readonly<Record<string, (direct: DirectOwner) => Owner>> = {
  // The Deployment controller calls a ReplicaSet after the Deployment and the hash of its template.
  'apps/ReplicaSet': ({ owner, templateHash }) =>
    templateHash !== '' && owner.name.endsWith(`-${templateHash}`)
      ? { ...owner, kind: 'Deployment', name: owner.name.slice(0, -templateHash.length - 1), uid: '' }
      : owner,
  // The CronJob controller calls a Job after the CronJob and the minutes since 1970 of its schedule.
  'batch/Job': ({ owner }) =>
    /-\d{8}$/.test(owner.name) ? { ...owner, kind: 'CronJob', name: owner.name.slice(0, -9), uid: '' } : owner,
}

/** Finds workloads by reading their pods' direct owners, and by names where those cannot be read. */
export const createFindWorkload =
  (readController: ReadController): FindWorkload =>
  async direct => {
    const { owner, namespace } = direct
    const kind = `${groupOf(owner.apiVersion)}/${owner.kind}`
    const byName = Object.hasOwn(INTERMEDIATE, kind) ? INTERMEDIATE[kind] : undefined
    if (byName === undefined) return owner
    const controller = await readController(namespace, owner)
    return controller === 'unknown' ? byName(direct) : (controller ?? owner)
  }
