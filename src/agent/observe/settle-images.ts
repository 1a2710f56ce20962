// Reads what it takes to say where each image is: for most of them nothing more, for the others one level after the other.

import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { CALLS, snapshotsCall } from '../../report/facts/calls.ts'
import { eachLabel, SNAPSHOT_LABELS } from '../../report/facts/content-labels.ts'
import { readContentStore } from '../../report/facts/content-store.ts'
import { imagesInDoubt } from '../../report/facts/images-in-doubt.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { fieldOf } from '../../report/facts/raw-fields.ts'
import type { Observed } from './observed.ts'
import { areMany, found, readBlobs, readManifests } from './read-content.ts'

// An index of indexes, its manifests, their configs and layers; and one for what changes meanwhile.
const MAX_ROUNDS = 6

/** The observation with everything read that its doubtful images depend on; `fresh` are the blobs whose snapshots are not read yet. */
export const settleImages = async (
  client: ContainerdClient,
  observed: Observed,
  fresh: readonly unknown[],
  call: RpcOptions,
): Promise<Observed> => {
  const digests = new Set(observed.digests)
  const chainIDs = new Set(observed.chainIDs)
  let { observation } = observed
  let unread = fresh
  let isListed = false
  for (let round = 0; round < MAX_ROUNDS; round++) {
    observation = await withSnapshots(client, observation, newChainIDs(unread, chainIDs), call)
    const wanted = unknownParts(observation, digests)
    if (wanted.length === 0) break
    const isBulk: boolean = areMany(wanted) && !isListed
    const blobs = isBulk ? await readManifests(client, call) : await readBlobs(client, wanted, call)
    if (isCallError(blobs)) return { observation: { ...observation, [CALLS.content]: blobs }, digests, chainIDs }
    const content = observation[CALLS.content] as readonly unknown[]
    observation = { ...observation, [CALLS.content]: [...content, ...blobs] }
    unread = blobs
    isListed ||= isBulk
    if (!isBulk) for (const digest of wanted) digests.add(digest)
  }
  return { observation, digests, chainIDs }
}

/** Calls with the snapshotter and the chain ID of every place where one of the blobs says that its image is unpacked. */
export const eachUnpacked = (
  blobs: readonly unknown[],
  visit: (snapshotter: string, chainID: string) => void,
): void => {
  for (const blob of blobs) eachLabel(fieldOf(blob, 'labels'), SNAPSHOT_LABELS, visit)
}

/** The snapshotters whose snapshots the observation lists. */
export const listedSnapshotters = (observation: Observation): readonly string[] => {
  const prefix = snapshotsCall('')
  return Object.keys(observation).flatMap(call => (call.startsWith(prefix) ? [call.slice(prefix.length)] : []))
}

const newChainIDs = (blobs: readonly unknown[], known: Set<string>): readonly string[] => {
  const chainIDs: string[] = []
  eachUnpacked(blobs, (_, chainID) => {
    if (known.has(chainID)) return
    known.add(chainID)
    chainIDs.push(chainID)
  })
  return chainIDs
}

const unknownParts = (observation: Observation, asked: ReadonlySet<string>): readonly string[] => {
  const content = readContentStore(observation)
  const parts = new Set([...imagesInDoubt(observation).values()].flat())
  return [...parts].filter(digest => !asked.has(digest) && content?.has(digest) === false)
}

const withSnapshots = async (
  client: ContainerdClient,
  observation: Observation,
  chainIDs: readonly string[],
  call: RpcOptions,
): Promise<Observation> => {
  if (chainIDs.length === 0) return observation
  const lists = await Promise.all(
    listedSnapshotters(observation).map(async name => {
      const list = observation[snapshotsCall(name)]
      if (isCallError(list)) return [snapshotsCall(name), list] as const
      const read = await readSnapshots(client, name, new Set(chainIDs), call)
      return [snapshotsCall(name), isCallError(read) ? read : [...(list as readonly unknown[]), ...read]] as const
    }),
  )
  return { ...observation, ...Object.fromEntries(lists) }
}

/** Those of the snapshots that the snapshotter has. */
export const readSnapshots = async (
  client: ContainerdClient,
  snapshotter: string,
  chainIDs: ReadonlySet<string>,
  call: RpcOptions,
): Promise<Answer<readonly unknown[]>> =>
  areMany([...chainIDs])
    ? client.snapshots(snapshotter, key => chainIDs.has(key), call)
    : found(await Promise.all([...chainIDs].map(chainID => client.snapshot(snapshotter, chainID, call))))
