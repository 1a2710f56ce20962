import type { AgentCluster } from '../agent/agent-cluster.ts'
import { GuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { hasStatus } from '../inventory/cluster/api-error.ts'
import { createObjectReader } from '../report/object-reader.ts'
import { parseNodeReport, REPORT_API_VERSION } from '../report/parse-node-report.ts'

/** Owns the fields of the reports on the API server. */
export const FIELD_MANAGER = 'soci-guard-agent'

// Renewals are a fifth of the report's time to live apart; who waits longer for one answer could have asked anew.
const DEADLINE_MS = 10_000

/** The API server as one node's agent uses it: two reads and one server-side apply. */
export const reportingCluster = (connection: ApiConnection, nodeName: string): AgentCluster => {
  const name = encodeURIComponent(nodeName)
  const nodePath = `/api/v1/nodes/${name}`
  const reportPath = `/apis/${REPORT_API_VERSION}/nodesnapshotters/${name}`
  return {
    readNodeUID: async signal =>
      uidOf(await connection.readJson(nodePath, { signal, deadlineMs: DEADLINE_MS }), nodePath),
    readReport: async signal => {
      try {
        return reportOf(await connection.readJson(reportPath, { signal, deadlineMs: DEADLINE_MS }), reportPath)
      } catch (error) {
        if (hasStatus(error, 404)) return null
        throw error
      }
    },
    // force: what another field manager set by hand is ours all the same.
    publish: async (object, signal) =>
      uidOf(
        await connection.readJson(`${reportPath}?fieldManager=${FIELD_MANAGER}&force=true`, {
          method: 'PATCH',
          contentType: 'application/apply-patch+yaml',
          body: object,
          signal,
          deadlineMs: DEADLINE_MS,
        }),
        reportPath,
      ),
  }
}

const uidOf = (object: unknown, path: string): string => {
  const uid = createObjectReader(object ?? null, '', [])
    .object('metadata')
    .string('uid')
  if (uid === '') throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `${path}: the answer is an object without a UID`)
  return uid
}

const reportOf = (object: unknown, path: string) => {
  const parsed = parseNodeReport(object)
  if (parsed.ok) return parsed.value
  const problems = parsed.problems.map(problem => `${problem.path}: ${problem.message}`).join('; ')
  throw new GuardError(
    'SOCI_GUARD_API_UNEXPECTED',
    `${path} is not a report that can be gone on from (${problems}); delete it`,
  )
}
