// What containerd's events name is collected until the next look.

import type { ContainerdEvent } from '../../containerd/containerd-client.ts'

/** What may have changed since the last look, by ID, name, digest and key. */
export interface Changes {
  readonly containers: ReadonlySet<string>
  readonly images: ReadonlySet<string>
  readonly blobs: ReadonlySet<string>
  readonly snapshots: ReadonlySet<string>
}

/** Collects changes. */
export interface ChangeList {
  /** False when what the event tells of makes no difference to a report. */
  add(event: ContainerdEvent): boolean
  /** Nothing that was read may be relied on any more. */
  addEverything(): void
  /** What was collected, which is then forgotten; null when everything is to be read. */
  take(): Changes | null
}

// A pull makes hundreds of blobs and snapshots; what comes of them is told by the image or container that uses them in the end. What
// goes away may be missed by an image that stays.
const KINDS: readonly (readonly [RegExp, keyof Changes])[] = [
  [/^\/containers\//, 'containers'],
  [/^\/images\//, 'images'],
  [/^\/content\/delete$/, 'blobs'],
  [/^\/snapshot\/remove$/, 'snapshots'],
]

// With more, reading everything is less work for both sides.
const MAX_CHANGES = 64

// How a chain ID begins; what a container or a pull has of its own is called otherwise.
const IS_CHAIN_ID = /^[a-z0-9]+:/

/** An empty list. */
export const createChangeList = (): ChangeList => {
  const empty = (): Record<keyof Changes, Set<string>> => ({
    containers: new Set(),
    images: new Set(),
    blobs: new Set(),
    snapshots: new Set(),
  })
  let changes = empty()
  let isEverything = false

  return {
    add: ({ topic, subject }) => {
      const kind = KINDS.find(([pattern]) => pattern.test(topic))?.[1]
      if (kind === undefined || (kind === 'snapshots' && subject !== '' && !IS_CHAIN_ID.test(subject))) return false
      if (subject === '' || changes[kind].size >= MAX_CHANGES) isEverything = true
      else changes[kind].add(subject)
      return true
    },
    addEverything: () => {
      isEverything = true
    },
    take: () => {
      const taken = isEverything ? null : changes
      changes = empty()
      isEverything = false
      return taken
    },
  }
}
