// A node that is not known yet when a pod is bound to it: the watch may be a moment behind, so the API server is asked once, for
// all who wait for the same node.

import { scanWanted } from '../../admission/json-pick-fast.ts'
import { GuardError } from '../../errors.ts'
import type { ApiConnection } from './api-connection.ts'
import { hasStatus } from './api-error.ts'
import type { KindStore } from './kind-store.ts'
import type { WatchedKind } from './watched-kind.ts'

/** Whether there is such a node. */
export type NodeExistence = { readonly found: true } | { readonly missing: true }

/** Asks for single nodes. */
export interface LiveNodes {
  /** When it is found the store has it. Rejects with a GuardError when the API server cannot tell in time. */
  find(name: string): Promise<NodeExistence>
  /** To be told of every node that the watch takes away. */
  removed(name: string): void
}

/** What asking for nodes needs. */
export interface LiveNodeOptions {
  readonly connection: ApiConnection
  readonly kind: Pick<WatchedKind<{ name: string }>, 'path' | 'wire' | 'resource'>
  readonly store: () => KindStore
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

const DEADLINE_MS = 3000
const MISSING_FOR_MS = 1000
const MAX_MISSING = 10_000

const MISSING: NodeExistence = { missing: true }
const FOUND: NodeExistence = { found: true }

interface Flight {
  readonly answer: Promise<NodeExistence>
  /** True when the watch took the node away meanwhile, so that what comes is older than what is known. */
  isOvertaken: boolean
}

/** One request a name at a time; that a node is missing is remembered for a second. */
export const createLiveNodes = (options: LiveNodeOptions): LiveNodes => {
  const { nowMs, store } = options
  const flights = new Map<string, Flight>()
  const missingUntilMs = new Map<string, number>()

  const noteMissing = (name: string): NodeExistence => {
    // Nobody needs so many names at once, and whoever invents them must not fill the memory.
    if (missingUntilMs.size >= MAX_MISSING) missingUntilMs.clear()
    missingUntilMs.set(name, nowMs() + MISSING_FOR_MS)
    return MISSING
  }

  const settle = (name: string, object: unknown): NodeExistence => {
    if (store().has(name)) return FOUND
    if (object === undefined || flights.get(name)?.isOvertaken) return noteMissing(name)
    store().putSingle(object)
    return FOUND
  }

  const start = (name: string): Promise<NodeExistence> => {
    const answer = readNode(options, name)
      .then(object => settle(name, object))
      .finally(() => flights.delete(name))
    flights.set(name, { answer, isOvertaken: false })
    return answer
  }

  return {
    find: async name => {
      if (store().has(name)) return FOUND
      if (nowMs() < (missingUntilMs.get(name) ?? Number.NEGATIVE_INFINITY)) return MISSING
      missingUntilMs.delete(name)
      return flights.get(name)?.answer ?? start(name)
    },
    removed: name => {
      const flight = flights.get(name)
      if (flight !== undefined) flight.isOvertaken = true
    },
  }
}

// What no object can be called would be another path.
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

const readNode = async ({ connection, kind, signal }: LiveNodeOptions, name: string): Promise<unknown> => {
  if (!NODE_NAME.test(name)) return undefined
  const path = `${kind.path}/${name}`
  try {
    const body = await connection.readBody(path, { resource: kind.resource, deadlineMs: DEADLINE_MS, signal })
    const picked = scanWanted(body, kind.wire.objectShape, true)
    if (picked?.ok) return picked.value
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
  throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `GET ${path}: the answer is not JSON, or was cut off`)
}
