import { formatRfc3339 } from '../format-rfc3339.ts'
import type { NodeReport } from '../node-report.ts'
import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, textOf } from './raw-fields.ts'

/** The process that answered: its ID and, where /proc could be read, its start; null where containerd (before 1.7) does not tell. */
export const readSession = (observation: Observation): NodeReport['runtime']['session'] => {
  const raw = answerTo(observation, CALLS.server)
  const pid = Number(textOf(raw, 'pid') || fieldOf(raw, 'pid'))
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, startTime: formatRfc3339(startTimeMsOf(observation)) } : null
}

/** When containerd was started, milliseconds since 1970; null when it could not be told. */
export const startTimeMsOf = (observation: Observation): number | null => {
  const startTimeMs = fieldOf(answerTo(observation, CALLS.host), 'containerdStartTimeMs')
  return typeof startTimeMs === 'number' ? startTimeMs : null
}
