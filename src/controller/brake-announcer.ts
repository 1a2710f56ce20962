// Says it when the brake goes on or off: in the log, in /readyz's body, and as an Event beside the controller.
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import type { GradedBrake } from './brake.ts'
import type { ControllerPart } from './controller-part.ts'
import { failedRequest } from './failed-request.ts'

/** What announcing needs. */
export interface BrakeAnnouncerOptions {
  readonly brake: GradedBrake
  readonly connection: Pick<ApiConnection, 'readBody'>
  /** Where soci-guard is installed. */
  readonly namespace: string
  /** The name of our pod. */
  readonly instance: string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** The time of day. */
  readonly wallMs: () => number
  /** A second unless given. */
  readonly lookEveryMs?: number
}

const DEADLINE_MS = 5000
const REPORTING = 'soci-guard.dev/controller'

/** Announces every change of the brake from `start` on; an Event that cannot be written is logged and left at that. */
export const createBrakeAnnouncer = (options: BrakeAnnouncerOptions): ControllerPart => {
  const { brake, log } = options
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let wasOn = false
  let announced: Promise<void> = Promise.resolve()

  const announce = async (reason: string | null): Promise<void> => {
    try {
      await writeEvent(options, reason, stopping.signal)
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ problem: failedRequest(error).message }, 'an Event could not be written')
    }
  }

  const look = (): void => {
    const reason = brake.reason()
    if ((reason !== null) === wasOn) return
    wasOn = reason !== null
    if (reason === null) log.info({ brake: 'off' }, 'the brake is off: nodes are tainted again')
    else log.warn({ brake: brake.level(), problem: reason }, 'the brake is on')
    announced = announced.then(() => announce(reason))
  }

  return {
    name: 'brake',
    start: () => {
      look()
      timer = setInterval(look, options.lookEveryMs ?? 1000)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await announced
    },
    remarks: () => {
      const reason = brake.reason()
      return reason === null ? [] : [`brake: ${reason}`]
    },
  }
}

const writeEvent = async (
  { connection, namespace, instance, wallMs }: BrakeAnnouncerOptions,
  reason: string | null,
  signal: AbortSignal,
): Promise<void> => {
  const body = JSON.stringify({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'soci-guard-brake-', namespace },
    // The API server takes exactly six digits here.
    eventTime: new Date(wallMs()).toISOString().replace('Z', '000Z'),
    reportingController: REPORTING,
    reportingInstance: instance,
    regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'soci-guard-controller' },
    type: reason === null ? 'Normal' : 'Warning',
    reason: reason === null ? 'BrakeReleased' : 'BrakeEngaged',
    action: reason === null ? 'ResumeTainting' : 'StopTainting',
    note: reason ?? 'the agents are back: nodes that are not Ready are tainted again',
  })
  const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`
  await connection.readBody(path, { method: 'POST', body, deadlineMs: DEADLINE_MS, signal })
}
