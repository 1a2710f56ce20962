import type { AuditEvent } from '../cluster/audit-log.ts'

/** What one of our webhooks wrote into an audit event, without the prefix that the API server adds; undefined when it was not asked. */
export function annotationsOf(
  event: AuditEvent | undefined,
  webhook: 'bindings' | 'pods' | 'advisory',
): Record<string, string> | undefined {
  const prefix = `${webhook}.soci-guard.dev/`
  const ours = Object.entries(event?.annotations ?? {}).filter(([name]) => name.startsWith(prefix))
  return ours.length === 0
    ? undefined
    : Object.fromEntries(ours.map(([name, value]) => [name.slice(prefix.length), value]))
}
