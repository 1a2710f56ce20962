// A sweep after events reads what they name, and keeps of the last one what they do not. It comes to the same facts as reading
// everything would: a container's snapshotter never changes, an image's place does with its own events only, and where it is in doubt
// it is looked at each time.

import { isDeepStrictEqual } from 'node:util'
import type { Answer, ContainerdClient } from '../../containerd/containerd-client.ts'
import type { RpcOptions } from '../../containerd/rpc-connection.ts'
import { CALLS, snapshotsCall } from '../../report/facts/calls.ts'
import { readContentStore } from '../../report/facts/content-store.ts'
import { readImages, type StoredImage } from '../../report/facts/images.ts'
import { imagesInDoubt } from '../../report/facts/images-in-doubt.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { fieldOf, listIn, textOf } from '../../report/facts/raw-fields.ts'
import type { Changes } from './changes.ts'
import { type ObserveOptions, observeAround, observeDaemon, unpackedImages } from './observe.ts'
import type { Observed } from './observed.ts'
import { areMany, found, readBlobs } from './read-content.ts'
import { eachUnpacked, listedSnapshotters, readSnapshots, settleImages } from './settle-images.ts'
import { snapshottersToList } from './snapshotters-to-list.ts'
import { unchangedOr } from './unchanged-or.ts'

/** The last observation with the changes read; null when it cannot be relied on, and everything is to be read. Never rejects. */
export const observeChanges = async (
  client: ContainerdClient,
  before: Observed,
  changes: Changes,
  options: ObserveOptions,
): Promise<Observed | null> => {
  const call: RpcOptions = { deadlineMs: options.deadlineMs, signal: options.signal }
  if (!isWhole(before.observation)) return null
  const [daemon, containers] = await Promise.all([
    observeDaemon(client, call),
    Promise.all([...changes.containers].map(id => client.container(id, call))),
  ])
  const newContainers = found(containers)
  if (isCallError(newContainers) || !isSameDaemon(before.observation, daemon)) return null
  if (isSomebodyMissed(before.observation, changes.containers, newContainers)) return null
  const told: Observation = {
    ...before.observation,
    ...daemon,
    [CALLS.containers]: {
      containers: replaced(containersIn(before.observation), 'id', changes.containers, newContainers),
    },
  }
  const [observed, around] = await Promise.all([
    withStore(client, before, { told, newContainers, changes }, options),
    observeAround(daemon, options),
  ])
  return observed && { ...observed, observation: { ...observed.observation, ...around } }
}

interface Told {
  readonly told: Observation
  readonly newContainers: readonly unknown[]
  readonly changes: Changes
}

// The names of an image are removed one after the other, and what belongs to it behind them.
const MAX_LOOKS = 3

const withStore = async (
  client: ContainerdClient,
  before: Observed,
  { told, newContainers, changes }: Told,
  options: ObserveOptions,
): Promise<Observed | null> => {
  const call: RpcOptions = { deadlineMs: options.deadlineMs, signal: options.signal }
  let names = changes.images
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const newImages = found(await Promise.all([...names].map(name => client.image(name, call))))
    if (isCallError(newImages)) return null
    const named = { ...changes, images: names }
    const images = replaced(imagesIn(before.observation), 'name', names, newImages)
    const observation = { ...told, [CALLS.images]: { images } }
    const again = whatToReadAgain(before, observation, named, newContainers)
    if (again === null) return null
    const settled = await withBlobs(client, { ...before, observation }, again.digests, named, options, call)
    if (settled === null || !isWhole(settled.observation)) return null
    const gone = await namesOfGone(client, again.images, call)
    if (gone.length === 0) return settled
    names = new Set([...names, ...gone])
  }
  return null
}

// Each takes a call whenever anything happens; with more, a full sweep has to notice that one of them is in its place again.
const MAX_DOUBTFUL_DIGESTS = 32

const LISTS = [CALLS.plugins, CALLS.server, CALLS.containers, CALLS.content, CALLS.images]

const isWhole = (observation: Observation): boolean =>
  [...LISTS, ...listedSnapshotters(observation).map(snapshotsCall)].every(call => !isCallError(observation[call]))

// Came and went between two looks: nobody can say which image was unpacked for it, or where.
const isSomebodyMissed = (before: Observation, named: ReadonlySet<string>, fresh: readonly unknown[]): boolean => {
  if (named.size === 0) return false
  const known = new Set([...containersIn(before), ...fresh].map(container => textOf(container, 'id')))
  return [...named].some(id => !known.has(id))
}

// containerd sends the entries of a map in any order.
const isSameDaemon = (before: Observation, now: Observation): boolean =>
  [CALLS.server, CALLS.plugins].every(call => isDeepStrictEqual(before[call], now[call]))

const containersIn = (observation: Observation): readonly unknown[] =>
  listIn(observation[CALLS.containers], 'containers') ?? []

const imagesIn = (observation: Observation): readonly unknown[] => listIn(observation[CALLS.images], 'images') ?? []

// containerd lists by key, and of two names of an image the first one is shown.
const replaced = (
  records: readonly unknown[],
  key: string,
  changed: ReadonlySet<string>,
  fresh: readonly unknown[],
): readonly unknown[] => {
  if (changed.size === 0) return records
  const kept = records.filter(record => !changed.has(textOf(record, key)))
  const sorted = [...kept, ...fresh].sort((one, other) => (textOf(one, key) < textOf(other, key) ? -1 : 1))
  return unchangedOr(records, sorted, key)
}

interface Again {
  readonly digests: ReadonlySet<string>
  readonly images: readonly StoredImage[]
}

// The images that events name and those that new containers use, which may have been unpacked for them; the doubtful ones while they
// are few.
const whatToReadAgain = (
  before: Observed,
  told: Observation,
  changes: Changes,
  newContainers: readonly unknown[],
): Again | null => {
  const doubtful = imagesInDoubt(before.observation)
  const isFew = [...doubtful.values()].flat().length <= MAX_DOUBTFUL_DIGESTS
  const changed = new Set([...changes.images, ...newContainers.map(container => textOf(container, 'image'))])
  const isAffected = ({ target, names, configs }: StoredImage): boolean =>
    (isFew && doubtful.has(target)) || names.some(name => changed.has(name)) || configs.some(name => changed.has(name))
  const images = (readImages(told) ?? []).filter(isAffected)
  const gone = (readImages(before.observation) ?? []).filter(isAffected)
  const content = readContentStore(before.observation)
  const digests = new Set([
    ...[...changes.blobs].filter(digest => before.digests.has(digest) || content?.has(digest)),
    ...[...images, ...gone].flatMap(({ target, configs }) => [
      ...configs,
      // Also where the image is in its place now: what was read of it by its manifests is to be read again.
      ...(content?.has(target) ? content.partsOf(target) : []),
      ...(doubtful.get(target) ?? []),
    ]),
  ])
  return areMany([...digests]) ? null : { digests, images }
}

// What belongs to an image that is being removed goes away behind it; an image that is still there had it all along.
const namesOfGone = async (
  client: ContainerdClient,
  images: readonly StoredImage[],
  call: RpcOptions,
): Promise<readonly string[]> => {
  const gone = await Promise.all(
    images.map(async ({ target, names, configs }) => {
      const image = await client.image(configs[0] ?? names[0] ?? '', call)
      return textOf(fieldOf(image, 'target'), 'digest') === target ? [] : [...configs, ...names]
    }),
  )
  return gone.flat()
}

const withBlobs = async (
  client: ContainerdClient,
  before: Observed,
  again: ReadonlySet<string>,
  changes: Changes,
  { expectedSnapshotter }: ObserveOptions,
  call: RpcOptions,
): Promise<Observed | null> => {
  const { observation } = before
  const content = observation[CALLS.content] as readonly unknown[]
  const isAgain = (blob: unknown): boolean => again.has(textOf(blob, 'digest'))
  const read = await readBlobs(client, [...again], call)
  if (isCallError(read)) return null
  const blobs = unchangedOr(content, [...content.filter(blob => !isAgain(blob)), ...read], 'digest')
  // What an image that was removed lacked may be there when it has come again.
  const digests = new Set([...(changes.images.size === 0 ? before.digests : []), ...again])
  // What no blob names any more is looked for anew when one does again.
  const { snapshotters, chainIDs } = unpackedImages(blobs)
  const named = [...changes.snapshots, ...chainIDsOf([...content.filter(isAgain), ...read])]
  const unread = new Set(named.filter(chainID => chainIDs.has(chainID)))
  const isKept = (snapshot: unknown): boolean => {
    const name = textOf(snapshot, 'name')
    return chainIDs.has(name) && !unread.has(name)
  }
  const names = snapshottersToList(observation, expectedSnapshotter, snapshotters)
  const lists = await Promise.all(
    names.map(async name => {
      const list = observation[snapshotsCall(name)]
      const isKnown = Array.isArray(list)
      const snapshots = isKnown
        ? await readSnapshots(client, name, unread, call)
        : await client.snapshots(name, key => chainIDs.has(key), call)
      if (!isKnown || isCallError(snapshots)) return [snapshotsCall(name), snapshots] as const
      return [snapshotsCall(name), unchangedOr(list, [...list.filter(isKept), ...snapshots], 'name')] as const
    }),
  )
  const unlisted = Object.fromEntries(listedSnapshotters(observation).map(name => [snapshotsCall(name), undefined]))
  const merged = { ...observation, ...unlisted, ...Object.fromEntries(lists), [CALLS.content]: blobs }
  const settled = await settleImages(client, { observation: defined(merged), digests, chainIDs }, [], call)
  return withNewLists(client, settled, expectedSnapshotter, call)
}

// An image that CRI does not know yet tells only by its manifests in which snapshotter it is.
const withNewLists = async (
  client: ContainerdClient,
  settled: Observed,
  expectedSnapshotter: string,
  call: RpcOptions,
): Promise<Observed> => {
  const { observation, chainIDs } = settled
  const content = observation[CALLS.content] as Answer<readonly unknown[]>
  const names = snapshottersToList(observation, expectedSnapshotter, unpackedImages(content).snapshotters)
  const unlisted = names.filter(name => observation[snapshotsCall(name)] === undefined)
  const lists = await Promise.all(
    unlisted.map(
      async name => [snapshotsCall(name), await client.snapshots(name, key => chainIDs.has(key), call)] as const,
    ),
  )
  return lists.length === 0 ? settled : { ...settled, observation: { ...observation, ...Object.fromEntries(lists) } }
}

const chainIDsOf = (blobs: readonly unknown[]): readonly string[] => {
  const chainIDs: string[] = []
  eachUnpacked(blobs, (_, chainID) => chainIDs.push(chainID))
  return chainIDs
}

const defined = (observation: Observation): Observation =>
  Object.fromEntries(Object.entries(observation).filter(([, answer]) => answer !== undefined))
