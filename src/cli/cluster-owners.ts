import { ownMemberAt } from '../admission/own-member.ts'
import { isGuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { controllerOf, type Owner } from '../scan/owner.ts'
import { readPatiently } from './cluster-pages.ts'
import type { ReadController } from './owner-lookup.ts'

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'

const RESOURCES: Readonly<Record<string, string>> = { ReplicaSet: 'replicasets', Job: 'jobs' }

/** Reads from the API server what controls a ReplicaSet or a Job, its metadata only; asks no more for what it may not read. */
export const createClusterOwners = (connection: ApiConnection): ReadController => {
  const forbidden = new Set<string>()
  return async (namespace, { apiVersion, kind, name }: Owner) => {
    if (forbidden.has(`${namespace}/${kind}`)) return 'unknown'
    const resource = RESOURCES[kind] ?? ''
    const path = `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`
    try {
      const object = await readPatiently(() => connection.readJson(path, { accept: METADATA_ONLY }))
      return controllerOf(ownMemberAt(object, ['metadata', 'ownerReferences']))
    } catch (error) {
      if (!isGuardError(error)) throw error
      if (error.code === 'SOCI_GUARD_API_NOT_FOUND') return null
      if (error.code !== 'SOCI_GUARD_API_FORBIDDEN') throw error
      forbidden.add(`${namespace}/${kind}`)
      return 'unknown'
    }
  }
}
