import type { NeedsNode, NodeLookup } from '../admission/cluster-view.ts'
import { isGuardError } from '../errors.ts'

/** Asks for one node; rejects when it cannot tell whether there is one. The signal ends it when nobody waits any more. */
export type FindNode = (
  name: string,
  signal: AbortSignal,
) => Promise<{ readonly found: true } | { readonly missing: true }>

/** What came of asking for a node; never rejects, and settles within the deadline whatever `findNode` does. */
export const lookUpNode = async (findNode: FindNode, { name }: NeedsNode, deadlineMs: number): Promise<NodeLookup> => {
  const controller = new AbortController()
  const { promise: late, resolve } = Promise.withResolvers<NodeLookup>()
  const timer = setTimeout(() => {
    controller.abort()
    const message = `${UNKNOWN}, and there was no answer within ${Math.round(deadlineMs)} ms`
    resolve({ failure: { code: 'SOCI_GUARD_DEADLINE_EXCEEDED', message } })
  }, deadlineMs)
  try {
    return await Promise.race([late, find(findNode, name, controller.signal)])
  } finally {
    clearTimeout(timer)
  }
}

const UNKNOWN = 'the node is not in the inventory and was asked for'

const find = async (findNode: FindNode, name: string, signal: AbortSignal): Promise<NodeLookup> => {
  try {
    return await findNode(name, signal)
  } catch (error) {
    const code = isGuardError(error) ? error.code : 'SOCI_GUARD_INTERNAL'
    return { failure: { code, message: `${UNKNOWN}: ${error instanceof Error ? error.message : String(error)}` } }
  }
}
