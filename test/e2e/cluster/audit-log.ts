import { readFileSync } from 'node:fs'

/** One line of the API server's audit log, with what the tests read. */
export interface AuditEvent {
  verb: string
  stage: string
  user: { username: string; groups?: string[] }
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string }
  responseStatus?: { code?: number; reason?: string; message?: string }
  annotations?: Record<string, string>
  requestURI: string
}

/** The finished requests in an audit log that a test cares for, oldest first. */
export function readAuditLog(path: string, wanted: (event: AuditEvent) => boolean): AuditEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  return lines
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(event => event.stage === 'ResponseComplete' && wanted(event))
}
