import { type AuditEvent, readAuditLog } from '../cluster/audit-log.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { waitFor } from '../cluster/wait-for.ts'

/** Which requests are looked for; what is left out may be anything, but no subresource means the main resource. */
export interface AuditedRequest {
  verb: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  user?: string
  /** The status of the answer. */
  code?: number
}

/** The finished requests of a kind in the API server's audit log, oldest first; waits until there are so many. */
export function audited(plane: ControlPlane, wanted: AuditedRequest, count = 1): Promise<AuditEvent[]> {
  return waitFor(`${count} of ${JSON.stringify(wanted)} in the audit log`, () => {
    const found = readAuditLog(plane.files.auditLog, event => isWanted(event, wanted))
    return found.length >= count && found
  })
}

/** The successful bind of a pod; waits until there is one. */
export async function boundAudit(plane: ControlPlane, name: string, namespace = 'default'): Promise<AuditEvent> {
  const [event] = await audited(plane, { ...BIND, namespace, name, code: 201 })
  return event as AuditEvent
}

/** The first refusal to bind a pod; waits until there is one. */
export async function refusedAudit(plane: ControlPlane, name: string, namespace = 'default'): Promise<AuditEvent> {
  const [event] = await audited(plane, { ...BIND, namespace, name, code: 403 })
  return event as AuditEvent
}

const BIND = { verb: 'create', resource: 'pods', subresource: 'binding' }

function isWanted({ verb, user, objectRef = {}, responseStatus }: AuditEvent, wanted: AuditedRequest): boolean {
  const { resource, subresource, namespace, name } = objectRef
  const seen = { verb, resource, subresource, namespace, name, user: user.username, code: responseStatus?.code }
  return (
    subresource === wanted.subresource &&
    Object.entries(wanted).every(([field, want]) => seen[field as keyof typeof seen] === want)
  )
}
