// What is known to exist of one kind, so that a new list replaces the old one by their difference: nothing that is still there
// is ever taken out, not even for a moment.

import { ownMember } from '../../admission/own-member.ts'
import type { ClusterLog } from './cluster-log.ts'
import type { WatchedKind } from './watched-kind.ts'

/** Objects as they come from lists and events; each is only looked at during the call. */
export interface KindStore {
  /** A list begins. */
  begin(): void
  /** Takes an object of a list or an event that had so many bytes at most. */
  put(object: unknown, maxBytes?: number): void
  remove(object: unknown): void
  /** The list is complete: what it did not have is gone. */
  end(): void
  /** Takes an object that was read by itself; the next list decides whether it stays. */
  putSingle(object: unknown): void
  has(name: string): boolean
  readonly size: number
}

/** What a store needs. */
export interface KindStoreOptions {
  readonly log: ClusterLog
  /** Called with the name of each object that goes. */
  readonly removed?: (name: string) => void
}

interface Seen {
  resourceVersion: string
  /** The list in which it was last seen; 0 for one that was read by itself. */
  list: number
  /** False for an object that cannot be used. */
  isKept: boolean
}

const textAt = (object: unknown, key: string): string => {
  const value = ownMember(ownMember(object, 'metadata'), key)
  return typeof value === 'string' ? value : ''
}

/** A store of nothing. */
export const createKindStore = <Facts extends { readonly name: string }>(
  kind: WatchedKind<Facts>,
  { log, removed = () => {} }: KindStoreOptions,
): KindStore => {
  const known = new Map<string, Seen>()
  let list = 1

  const drop = (name: string, seen: Seen): void => {
    known.delete(name)
    if (seen.isKept) kind.remove(name)
    removed(name)
  }

  const keep = (name: string, object: unknown, maxBytes: number): boolean => {
    const parsed = kind.parse(object, maxBytes)
    if (parsed.ok) {
      kind.put(parsed.value)
      return true
    }
    // Guessing would be worse than having nothing: without its report a node is Unverified.
    kind.remove(name)
    const problems = parsed.problems.slice(0, 5).map(({ path, message }) => `${path}: ${message}`)
    log.warn({ kind: kind.name, name, problems }, 'an object of the API server cannot be used and is left out')
    return false
  }

  const take = (object: unknown, inList: number, maxBytes: number): void => {
    const name = textAt(object, 'name')
    const resourceVersion = textAt(object, 'resourceVersion')
    if (name === '') {
      log.warn({ kind: kind.name }, 'an object without a name is left out')
      return
    }
    const seen = known.get(name)
    if (seen === undefined) {
      known.set(name, { resourceVersion, list: inList, isKept: keep(name, object, maxBytes) })
      return
    }
    seen.list = inList
    // The same version again, from a new list or a repeated event, has nothing new in it.
    if (seen.resourceVersion === resourceVersion && resourceVersion !== '') return
    seen.resourceVersion = resourceVersion
    seen.isKept = keep(name, object, maxBytes)
  }

  return {
    begin: () => {
      list += 1
    },
    put: (object, maxBytes = Number.POSITIVE_INFINITY) => take(object, list, maxBytes),
    remove: object => {
      const name = textAt(object, 'name')
      const seen = known.get(name)
      if (seen !== undefined) drop(name, seen)
      else removed(name)
    },
    end: () => {
      for (const [name, seen] of known) if (seen.list !== list) drop(name, seen)
    },
    putSingle: object => take(object, 0, Number.POSITIVE_INFINITY),
    has: name => known.has(name),
    get size() {
      return known.size
    },
  }
}
