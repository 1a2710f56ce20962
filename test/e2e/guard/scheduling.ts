import { type AuditEvent, readAuditLog } from '../cluster/audit-log.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { type PodObject, podsPath } from './pod-object.ts'

/** An event as `kubectl describe` shows it. */
export interface ShownEvent {
  type: string
  reason: string
  message: string
  involvedObject: { kind: string; name: string }
}

/** The node that the scheduler has bound a pod to, once it has. */
export function boundNode(plane: ControlPlane, name: string, namespace = 'default'): Promise<string> {
  return waitFor(`pod ${namespace}/${name} to be bound`, async () => {
    const pod = await plane.admin.get<PodObject>(`${podsPath(namespace)}/${name}`)
    return pod.spec.nodeName
  })
}

/** The first event with a reason about an object, once there is one. */
export function eventAbout(
  plane: ControlPlane,
  kind: string,
  name: string,
  reason: string,
  namespace = 'default',
): Promise<ShownEvent> {
  const selector = encodeURIComponent(`involvedObject.kind=${kind},involvedObject.name=${name},reason=${reason}`)
  return waitFor(`the event ${reason} about ${kind} ${name}`, async () => {
    const [first] = await plane.admin.list<ShownEvent>(
      `/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}`,
    )
    return first
  })
}

/** The PodScheduled condition of a pod that is not scheduled, once it says something. */
export function notScheduled(plane: ControlPlane, name: string, namespace = 'default') {
  return waitFor(`the condition PodScheduled of ${namespace}/${name}`, async () => {
    const pod = await plane.admin.get<PodObject>(`${podsPath(namespace)}/${name}`)
    const found = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    return found?.message !== undefined && found
  })
}

/** The binds of a pod in the API server's audit log, by any user, oldest first. */
export function auditedBinds(plane: ControlPlane, name: string, namespace = 'default'): AuditEvent[] {
  return readAuditLog(
    plane.files.auditLog,
    ({ verb, objectRef: object }) =>
      verb === 'create' &&
      object?.namespace === namespace &&
      object.name === name &&
      (object.subresource === 'binding' || object.resource === 'bindings'),
  )
}
