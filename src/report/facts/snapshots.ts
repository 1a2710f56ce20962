import { snapshotsCall } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf, timestampMs } from './raw-fields.ts'

/** The committed snapshots of one snapshotter: chain ID to when it was made (null when not told). */
export type CommittedSnapshots = ReadonlyMap<string, number | null>

/** Looks up the committed snapshots of a snapshotter; null when it could not be told which there are. */
export type SnapshotsOf = (snapshotter: string) => CommittedSnapshots | null

// snapshots.Kind, as a number where enums were not named.
const COMMITTED: readonly unknown[] = ['COMMITTED', 3]

/** The snapshots of an observation, each list read once, when it is first asked for. */
export const createSnapshotLists = (observation: Observation): SnapshotsOf => {
  const lists = new Map<string, CommittedSnapshots | null>()
  return snapshotter => {
    const known = lists.get(snapshotter)
    if (known !== undefined) return known
    const raw = listIn(answerTo(observation, snapshotsCall(snapshotter)), 'info')
    const list = raw === null ? null : committedOf(raw)
    lists.set(snapshotter, list)
    return list
  }
}

const committedOf = (list: readonly unknown[]): CommittedSnapshots => {
  const committed = new Map<string, number | null>()
  for (const snapshot of list) {
    if (!COMMITTED.includes(fieldOf(snapshot, 'kind'))) continue
    committed.set(textOf(snapshot, 'name'), timestampMs(fieldOf(snapshot, 'created_at')))
  }
  return committed
}
