import type { BlockedNodesStore } from '../../../src/controller/blocked-nodes/blocked-nodes-store.ts'
import { splitBlocked } from '../../../src/controller/blocked-nodes/blocked-text.ts'

/** Objects in memory, and what was done with them. */
export interface FakeStore extends BlockedNodesStore {
  readonly objects: Map<string, { text: string; version: string }>
  /** Every write with its time, as `apply soci-guard-0`. */
  readonly writes: { readonly what: string; readonly atMs: number }[]
  /** Thrown by every call while it is set. */
  failure: Error | undefined
}

/** A store of nothing. */
export const createFakeStore = (): FakeStore => {
  const objects = new Map<string, { text: string; version: string }>()
  const writes: { what: string; atMs: number }[] = []
  let version = 100
  const answer = async <Value>(value: () => Value): Promise<Value> => {
    await new Promise(resolve => setImmediate(resolve))
    if (store.failure) throw store.failure
    return value()
  }
  const store: FakeStore = {
    objects,
    writes,
    failure: undefined,
    readEntries: () =>
      answer(() => new Map([...objects].map(([name, { text }]) => [name, splitBlocked(JSON.parse(text).blocked)]))),
    readVersions: () => answer(() => new Map([...objects].map(([name, object]) => [name, object.version]))),
    apply: (name, text) =>
      answer(() => {
        writes.push({ what: `apply ${name}`, atMs: performance.now() })
        // As the API server: the same again is no change.
        if (objects.get(name)?.text !== text) objects.set(name, { text, version: String(++version) })
        return objects.get(name)?.version ?? ''
      }),
    remove: name =>
      answer(() => {
        writes.push({ what: `delete ${name}`, atMs: performance.now() })
        objects.delete(name)
      }),
  }
  return store
}
