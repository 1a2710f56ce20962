import { ownMember } from '../../admission/own-member.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { nothingIfNotFound } from '../api-objects.ts'
import { REPORT_APIS, type ReportApi } from './report-api.ts'

const DEADLINE_MS = 10_000

/** The kinds of report that the API server serves, in the order of preference. */
export const servedReportApis = async (connection: Pick<ApiConnection, 'readJson'>): Promise<ReportApi[]> => {
  const served = await Promise.all(REPORT_APIS.map(api => isServed(connection, api)))
  return REPORT_APIS.filter((_, at) => served[at])
}

const isServed = async (connection: Pick<ApiConnection, 'readJson'>, api: ReportApi): Promise<boolean> => {
  const path = `/apis/${api.apiVersion}`
  const list = await connection.readJson(path, { deadlineMs: DEADLINE_MS }).catch(nothingIfNotFound)
  const resources = ownMember(list, 'resources')
  return Array.isArray(resources) && resources.some(resource => ownMember(resource, 'name') === api.resource)
}
