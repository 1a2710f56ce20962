import { ownMember, ownMemberAt } from '../../admission/own-member.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { statusCodeOf } from '../status-code.ts'
import { OUR_REPORTS_SELECTOR, type ReportApi, reportsPath } from './report-api.ts'

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
const PAGE_OBJECTS = '500'
const DEADLINE_MS = 30_000

/** The names of our reports in the namespace; none where the kind is not served. */
export const ourReports = async (
  connection: Pick<ApiConnection, 'readJson'>,
  api: ReportApi,
  namespace: string,
): Promise<string[]> => {
  const names: string[] = []
  let next = ''
  do {
    const query = { labelSelector: OUR_REPORTS_SELECTOR, limit: PAGE_OBJECTS, ...(next !== '' && { continue: next }) }
    const path = `${reportsPath(api, namespace)}?${new URLSearchParams(query)}`
    const page = await connection.readJson(path, { accept: METADATA_ONLY, deadlineMs: DEADLINE_MS }).catch(noList)
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

const noList = (error: unknown): null => {
  if (statusCodeOf(error) === 404) return null
  throw error
}

/** Deletes one of our reports; one that is gone already is as good. */
export const deleteReport = async (
  connection: Pick<ApiConnection, 'readJson'>,
  api: ReportApi,
  place: { readonly namespace: string; readonly name: string },
): Promise<void> => {
  const path = `${reportsPath(api, place.namespace)}/${encodeURIComponent(place.name)}`
  try {
    await connection.readJson(path, { method: 'DELETE', deadlineMs: DEADLINE_MS })
  } catch (error) {
    if (statusCodeOf(error) !== 404) throw error
  }
}
