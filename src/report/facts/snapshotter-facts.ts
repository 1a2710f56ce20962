import type { ReportedSnapshotter } from '../node-report.ts'
import { pluginCall, snapshotsCall } from './calls.ts'
import { answerTo, type CallError, errorOf, type Observation } from './observation.ts'
import { type Plugin, snapshottersOf } from './plugins.ts'
import { listIn } from './raw-fields.ts'

const CANCELLED = 1
const UNKNOWN = 2
const DEADLINE_EXCEEDED = 4
const UNIMPLEMENTED = 12
const UNAVAILABLE = 14

// How containerd, as a proxy, words a plugin that it could not reach or that did not answer in time; the code depends on the version.
const PROXIED_SILENCE =
  /connection error: desc|error while dialing|error reading server preface|context deadline exceeded|context canceled/i

// The address is in a folder that does not exist where the agent runs, or that it may not enter: nothing was tried.
const NOT_TRIED = /EACCES|no such directory/

/** Every snapshotter of the running containerd, by name, and the expected one even when it is not registered. */
export const snapshotterFacts = (
  observation: Observation,
  plugins: readonly Plugin[] | null,
  expectedSnapshotter: string,
): ReportedSnapshotter[] => {
  const registered = snapshottersOf(plugins ?? []).map(
    ({ id, exports }): ReportedSnapshotter => ({
      name: id,
      address: exports.get('address') ?? '',
      root: exports.get('root') ?? '',
      registered: true,
      responds: exports.has('address') ? responds(observation, id) : null,
    }),
  )
  if (plugins !== null && !registered.some(({ name }) => name === expectedSnapshotter)) {
    registered.push({ name: expectedSnapshotter, address: '', root: '', registered: false, responds: null })
  }
  return registered.sort((one, other) => (one.name < other.name ? -1 : 1))
}

// What the plugin itself said counts before what containerd says about it: containerd answers for an empty snapshotter without asking.
const responds = (observation: Observation, name: string): boolean | null => {
  const direct = errorOf(observation, pluginCall(name))
  if (direct !== null) return respondedWith(direct)
  if (answerTo(observation, pluginCall(name)) !== undefined) return true
  const proxied = errorOf(observation, snapshotsCall(name))
  if (proxied !== null) return isSilence(proxied) ? false : null
  const listed = listIn(answerTo(observation, snapshotsCall(name)), 'info')
  return listed !== null && listed.length > 0 ? true : null
}

/**
 * Whether a plugin that ended a call with the error is alive; null when it was not asked. Any answer at all is a sign of life: SOCI
 * without a snapshot answers `bucket does not exist: not found` with code 2.
 */
export const respondedWith = (error: CallError): boolean | null => {
  if (NOT_TRIED.test(error.message)) return null
  return !isSilence(error) && error.code !== UNIMPLEMENTED
}

const isSilence = ({ code, message }: CallError): boolean =>
  code === UNAVAILABLE ||
  code === DEADLINE_EXCEEDED ||
  ((code === UNKNOWN || code === CANCELLED) && PROXIED_SILENCE.test(message))
