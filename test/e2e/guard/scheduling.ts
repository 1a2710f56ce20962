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
