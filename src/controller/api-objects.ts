import { ownMember, ownMemberAt } from '../admission/own-member.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { failedRequest } from './failed-request.ts'

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
const PAGE_OBJECTS = '500'
const DEADLINE_MS = 30_000

/** The names of the objects of a collection, those that the label selector chooses; none where the kind is not served. */
export const listNames = async (
  connection: Pick<ApiConnection, 'readJson'>,
  path: string,
  labelSelector = '',
): Promise<string[]> => {
  const names: string[] = []
  let next = ''
  do {
    const query = new URLSearchParams({
      ...(labelSelector !== '' && { labelSelector }),
      limit: PAGE_OBJECTS,
      ...(next !== '' && { continue: next }),
    })
    const page = await connection
      .readJson(`${path}?${query}`, { accept: METADATA_ONLY, deadlineMs: DEADLINE_MS })
      .catch(nothingIfNotFound)
    const items = ownMember(page, 'items')
    for (const item of Array.isArray(items) ? items : []) {
      const name = ownMemberAt(item, ['metadata', 'name'])
      if (typeof name === 'string') names.push(name)
    }
    const token = ownMemberAt(page, ['metadata', 'continue'])
    next = typeof token === 'string' ? token : ''
  } while (next !== '')
  return names
}

/** Deletes an object; one that is gone already is as good. */
export const deleteObject = async (connection: Pick<ApiConnection, 'readJson'>, path: string): Promise<void> => {
  await connection.readJson(path, { method: 'DELETE', deadlineMs: DEADLINE_MS }).catch(nothingIfNotFound)
}

/** For a read's catch: null for what is not there. */
export const nothingIfNotFound = (error: unknown): null => {
  if (failedRequest(error).statusCode === 404) return null
  throw error
}
