import { scanWanted } from '../../admission/json-pick-fast.ts'
import type { CompiledShape } from '../../admission/json-shape.ts'
import { isJsonObject, ownMember, ownMemberAt } from '../../admission/own-member.ts'
import { GuardError } from '../../errors.ts'
import { INITIAL_EVENTS_END } from './watched-kind.ts'

/** One line of a watch. */
export interface WatchEvent {
  /** ADDED, MODIFIED, DELETED, BOOKMARK, ERROR, or what a later API server may send. */
  readonly type: string
  /** The wanted parts of the object; of a Status for ERROR. */
  readonly object: Readonly<Record<string, unknown>>
}

/** The event in a line, whose parts may be kept for long; throws SOCI_GUARD_API_UNEXPECTED when there is none in it. */
export const decodeWatchEvent = (line: Buffer, shape: CompiledShape): WatchEvent => {
  const picked = scanWanted(line, shape, true)
  const event = picked?.ok ? picked.value : undefined
  const type = ownMember(event, 'type')
  const object = ownMember(event, 'object')
  if (typeof type === 'string' && isJsonObject(object)) return { type, object }
  throw new GuardError(
    'SOCI_GUARD_API_UNEXPECTED',
    `a line of the watch is no event: ${JSON.stringify(line.toString('utf8', 0, 80))}`,
  )
}

/** metadata.resourceVersion, '' when it is not there. */
export const versionOf = (object: unknown): string => {
  const version = ownMemberAt(object, ['metadata', 'resourceVersion'])
  return typeof version === 'string' ? version : ''
}

/** True for the bookmark that says that all initial events have been sent. */
export const endsInitialEvents = (object: unknown): boolean =>
  ownMemberAt(object, ['metadata', 'annotations', INITIAL_EVENTS_END]) === 'true'
