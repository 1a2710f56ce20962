import { createHash } from 'node:crypto'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import type { ScanRow } from '../../scan/pod-tally.ts'
import { deleteObject, listNames } from '../api-objects.ts'
import { failedRequest } from '../failed-request.ts'
import type { AuditRecorder } from './audit-recorder.ts'
import type { Pace } from './pace.ts'
import { OUR_REPORTS_SELECTOR, type ReportApi, reportsPath } from './report-api.ts'
import { servedReportApis } from './report-discovery.ts'
import { reportObject } from './report-object.ts'

/** What writing reports needs. */
export interface ReportWriterDeps {
  readonly connection: Pick<ApiConnection, 'readJson'>
  readonly pace: Pace
  readonly recorder: Pick<AuditRecorder, 'report' | 'reports'>
  readonly nowMs: () => number
  /** Ours; all reports are kept there, so that no right is needed elsewhere. */
  readonly namespace: string
  /** How long it is believed which kinds of report there are. */
  readonly discoveryMs: number
  /** '' for a node that is not known. */
  readonly uidOfNode: (node: string) => string
  /** As many nodes have a report at most. */
  readonly maxReports: number
}

/** Keeps the reports as what was found. */
export interface ReportWriter {
  /**
   * Writes what has changed and removes what is over, if `isWhole` says that the rows are all there is; rejects when the API server
   * cannot be asked at all.
   */
  write(rows: readonly ScanRow[], isWhole: boolean): Promise<void>
}

const FIELD_MANAGER = 'soci-guard-controller'
const DEADLINE_MS = 10_000
// Another try would not help: somebody refuses this very report.
const HOPELESS = [400, 409, 413, 422]

/** A writer that finds out itself which kind of report the cluster has, also when that changes. */
export const createReportWriter = (deps: ReportWriterDeps): ReportWriter => {
  const { connection, recorder, pace, nowMs, namespace, maxReports } = deps
  let api: ReportApi | null = null
  let knownUntilMs = Number.NEGATIVE_INFINITY
  /** Our reports, each with a digest of what it says; '' where that is not known. */
  let written = new Map<string, string>()

  const remove = async (kind: ReportApi, name: string): Promise<void> => {
    await pace.next()
    await deleteObject(connection, `${reportsPath(kind, namespace)}/${encodeURIComponent(name)}`)
    recorder.report('removed')
  }

  const ours = (kind: ReportApi): Promise<string[]> =>
    listNames(connection, reportsPath(kind, namespace), OUR_REPORTS_SELECTOR)

  const discover = async (): Promise<void> => {
    if (nowMs() < knownUntilMs) return
    const [first = null, ...others] = await servedReportApis(connection)
    for (const other of others) for (const name of await ours(other)) await remove(other, name)
    if (first !== api) {
      const names = first === null ? [] : await ours(first)
      written = new Map(names.map(name => [name, '']))
      api = first
    }
    knownUntilMs = nowMs() + deps.discoveryMs
  }

  // Its definition was deleted, and all reports with it.
  const forgetKind = (): void => {
    api = null
    written.clear()
    knownUntilMs = Number.NEGATIVE_INFINITY
  }

  const put = async (kind: ReportApi, name: string, body: string): Promise<void> => {
    const digest = createHash('sha256').update(body).digest('base64')
    if (written.get(name) === digest) return
    await pace.next()
    const path = `${reportsPath(kind, namespace)}/${encodeURIComponent(name)}?fieldManager=${FIELD_MANAGER}&force=true`
    try {
      await connection.readJson(path, { method: 'PATCH', contentType: APPLY, body, deadlineMs: DEADLINE_MS })
      written.set(name, digest)
      recorder.report('written')
    } catch (error) {
      recorder.report('failed')
      const { statusCode } = failedRequest(error)
      if (statusCode === 404) return forgetKind()
      if (!HOPELESS.includes(statusCode)) throw error
    }
  }

  const removeOthers = async (kind: ReportApi, found: ReadonlyMap<string, unknown>): Promise<void> => {
    for (const name of written.keys()) {
      if (found.has(name)) continue
      await remove(kind, name)
      written.delete(name)
    }
  }

  const putAll = async (kind: ReportApi, found: ReadonlyMap<string, readonly ScanRow[]>): Promise<void> => {
    // A node that has a report keeps it; new ones come only while there is room.
    const names = [...found.keys()].filter(name => written.has(name))
    const added = [...found.keys()].filter(name => !written.has(name)).slice(0, Math.max(0, maxReports - names.length))
    for (const name of [...names, ...added]) {
      const node = { name, uid: deps.uidOfNode(name), rows: found.get(name) ?? [] }
      // A node that went in the meantime takes its report along.
      if (node.uid !== '' && api === kind) await put(kind, name, JSON.stringify(reportObject(kind, namespace, node)))
    }
  }

  return {
    write: async (rows, isWhole) => {
      await discover()
      const found = Map.groupBy(rows, ({ node }) => node)
      if (api !== null && isWhole) await removeOthers(api, found)
      if (api !== null) await putAll(api, found)
      recorder.reports(api?.apiVersion ?? '', written.size)
    },
  }
}

const APPLY = 'application/apply-patch+yaml'
