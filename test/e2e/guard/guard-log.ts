import { waitFor } from '../cluster/wait-for.ts'
import type { TestKubelet } from '../kubelet/test-kubelet.ts'
import { replicasOf } from './guard-metrics.ts'

/** One line of the guard's log; docs/audit.md explains the fields. */
export type LogLine = Record<string, unknown> & { msg: string }

/** All lines that the running replicas have written so far, replica by replica. */
export function guardLog(kubelet: TestKubelet): LogLine[] {
  return replicasOf(kubelet).flatMap(replica =>
    replica
      .logs('soci-guard')
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as LogLine),
  )
}

/** Waits for a line with the fields given: the guard writes lines a second late at most. */
export function logLine(kubelet: TestKubelet, fields: Readonly<Record<string, unknown>>): Promise<LogLine> {
  return waitFor(`a log line with ${JSON.stringify(fields)}`, () =>
    guardLog(kubelet).find(line => Object.entries(fields).every(([name, value]) => line[name] === value)),
  )
}
