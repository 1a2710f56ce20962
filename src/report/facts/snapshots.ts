import { snapshotsCall } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf, timestampMs } from './raw-fields.ts'

/** The committed snapshots of one snapshotter: chain ID to when it was made (null when not told). */
export type CommittedSnapshots = ReadonlyMap<string, number | null>

/** Looks up the committed snapshots of a snapshotter; null when it could not be told which there are. */
export type SnapshotsOf = (snapshotter: string) => CommittedSnapshots | null

// snapshots.Kind, as a number where enums were not named.
const COMMITTED: readonly unknown[] = ['COMMITTED', 3]

// A later sweep may find the same list.
const lists = new WeakMap<readonly unknown[], CommittedSnapshots>()

/** The snapshots of an observation, each list read once, when it is first asked for. */
export const createSnapshotLists =
  (observation: Observation): SnapshotsOf =>
  snapshotter => {
    const raw = listIn(answerTo(observation, snapshotsCall(snapshotter)), 'info')
    if (raw === null) return null
    const list = lists.get(raw) ?? committedOf(raw)
    lists.set(raw, list)
    return list
  }

const committedOf = (list: readonly unknown[]): CommittedSnapshots => {
  const committed = new Map<string, number | null>()
  for (const snapshot of list) {
    if (!COMMITTED.includes(fieldOf(snapshot, 'kind'))) continue
    committed.set(textOf(snapshot, 'name'), timestampMs(fieldOf(snapshot, 'created_at')))
  }
  return committed
}
