import { createHash } from 'node:crypto'
import type { AuditFinding } from './audit-finding.ts'

/** Where Events about objects without a namespace are kept. */
const NAMESPACE_OF_CLUSTER_OBJECTS = 'default'
const LONGEST_NAME = 200
const REPORTING_CONTROLLER = 'soci-guard.dev/controller'

/** The path of the Events in the namespace of what the finding is about. */
export const eventsPath = ({ regarding }: AuditFinding): string =>
  `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(regarding.namespace || NAMESPACE_OF_CLUSTER_OBJECTS)}/events`

/** The Event's name: the same finding has the same name, whichever controller writes it and however often it starts. */
export const eventName = ({ key, codes, reason, regarding }: AuditFinding): string => {
  const digest = createHash('sha256').update([key, regarding.uid, reason, codes].join('\n')).digest('hex').slice(0, 16)
  const name = regarding.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replaceAll(/^-+|-+$/g, '')
  return `${name || 'soci-guard'}.${digest}`
}

/** A new Event; `wallMs` is when, `instance` the name of our pod. */
export const eventObject = (finding: AuditFinding, wallMs: number, instance: string): object => {
  const { regarding, reason, note } = finding
  const { namespace, uid, ...named } = regarding
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: eventName(finding),
      namespace: namespace || NAMESPACE_OF_CLUSTER_OBJECTS,
      labels: { 'app.kubernetes.io/managed-by': 'soci-guard' },
    },
    eventTime: microTime(wallMs),
    reportingController: REPORTING_CONTROLLER,
    reportingInstance: instance.slice(0, 128),
    type: 'Warning',
    reason,
    action: 'Audit',
    note,
    regarding: { ...named, ...(namespace !== '' && { namespace }), ...(uid !== '' && { uid }) },
  }
}

/** The merge patch for an Event that is true once more. */
export const seriesPatch = (count: number, wallMs: number): object => ({
  series: { count, lastObservedTime: microTime(wallMs) },
})

// Kubernetes takes six digits of a second here, not fewer.
const microTime = (wallMs: number): string => new Date(wallMs).toISOString().replace('Z', '000Z')
