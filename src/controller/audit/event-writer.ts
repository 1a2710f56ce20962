import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { failedRequest } from '../failed-request.ts'
import type { AuditFinding } from './audit-finding.ts'
import type { AuditRecorder } from './audit-recorder.ts'
import type { DueEvent, EventLedger } from './event-ledger.ts'
import { eventName, eventObject, eventsPath, seriesPatch } from './event-object.ts'
import type { Pace } from './pace.ts'

/** What writing Events needs. */
export interface EventWriterDeps {
  readonly connection: Pick<ApiConnection, 'readJson'>
  readonly ledger: EventLedger
  readonly pace: Pace
  readonly recorder: Pick<AuditRecorder, 'event'>
  /** A clock that nobody sets. */
  readonly nowMs: () => number
  /** Milliseconds since 1970. */
  readonly wallMs: () => number
  /** The name of our pod. */
  readonly instance: string
  readonly signal: AbortSignal
}

const DEADLINE_MS = 10_000
// Said once more would be no better: the object's namespace is gone or going, or somebody refuses this Event.
const HOPELESS = [400, 403, 404, 409, 413, 422]

/** Writes the Events that are due for the findings; rejects when the API server cannot be asked at all. */
export const writeEvents = async (findings: readonly AuditFinding[], deps: EventWriterDeps): Promise<void> => {
  const { ledger, recorder, pace, nowMs } = deps
  for (const event of ledger.due(findings, nowMs())) {
    await pace.next()
    try {
      await writeEvent(event, deps)
      recorder.event('written')
    } catch (error) {
      recorder.event('failed')
      const { statusCode } = failedRequest(error)
      if (!HOPELESS.includes(statusCode)) throw error
    }
    ledger.said(event, nowMs())
  }
}

const writeEvent = async ({ finding, count }: DueEvent, deps: EventWriterDeps): Promise<void> => {
  const isThere = count > 1 && (await patchSeries(finding, count, deps))
  if (!isThere) await create(finding, deps)
}

const create = async (finding: AuditFinding, deps: EventWriterDeps): Promise<void> => {
  const { connection, wallMs, instance, signal } = deps
  const body = JSON.stringify(eventObject(finding, wallMs(), instance))
  try {
    await connection.readJson(eventsPath(finding), { method: 'POST', body, deadlineMs: DEADLINE_MS, signal })
  } catch (error) {
    // Another controller, or we before a restart, said the same.
    if (failedRequest(error).statusCode !== 409) throw error
  }
}

/** False when the API server has forgotten the Event. */
const patchSeries = async (finding: AuditFinding, count: number, deps: EventWriterDeps): Promise<boolean> => {
  const { connection, wallMs, signal } = deps
  try {
    await connection.readJson(`${eventsPath(finding)}/${eventName(finding)}`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: JSON.stringify(seriesPatch(count, wallMs())),
      deadlineMs: DEADLINE_MS,
      signal,
    })
    return true
  } catch (error) {
    if (failedRequest(error).statusCode !== 404) throw error
    return false
  }
}
