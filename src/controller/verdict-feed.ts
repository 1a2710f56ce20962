import type { NodeVerdict } from '../policy/node-verdict.ts'
import type { VerdictListener } from '../policy/verdict-listener.ts'

/** The verdicts on all nodes and, as it happens, whose changed. */
export interface VerdictFeed {
  /**
   * Calls the listener, at once and in the same turn, with the name of each node whose verdict changed in anything that is shown
   * of it, and of each that is gone. Returns what ends that.
   */
  subscribe(listener: (name: string) => void): () => void
  /** The same, also where only the Node's own facts, or its report with the same verdict, came anew. */
  subscribeAll(listener: (name: string) => void): () => void
  /** undefined of a node that is gone, or was never there. */
  verdictOf(name: string): NodeVerdict | undefined
  /** Every node, in no order; do not keep the iterator across turns. */
  names(): IterableIterator<string>
  readonly size: number
}

/** A feed of nothing, and what fills it: the listener for createRoster. */
export const createVerdictFeed = (): { readonly feed: VerdictFeed; readonly take: VerdictListener } => {
  const verdicts = new Map<string, NodeVerdict>()
  const ofChanges = new Set<(name: string) => void>()
  const ofAll = new Set<(name: string) => void>()

  const subscription =
    (listeners: Set<(name: string) => void>) =>
    (listener: (name: string) => void): (() => void) => {
      // Who subscribes twice is called twice, and ends each by itself.
      const own = (name: string): void => listener(name)
      listeners.add(own)
      return () => void listeners.delete(own)
    }

  return {
    take: (name, verdict) => {
      const before = verdicts.get(name)
      if (verdict === undefined) verdicts.delete(name)
      else verdicts.set(name, verdict)
      if (!isShownAlike(before, verdict)) for (const listener of ofChanges) listener(name)
      for (const listener of ofAll) listener(name)
    },
    feed: {
      subscribe: subscription(ofChanges),
      subscribeAll: subscription(ofAll),
      verdictOf: name => verdicts.get(name),
      names: () => verdicts.keys(),
      get size() {
        return verdicts.size
      },
    },
  }
}

const isShownAlike = (one: NodeVerdict | undefined, other: NodeVerdict | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other
  return (
    one.state === other.state &&
    one.reason === other.reason &&
    one.message === other.message &&
    one.mode === other.mode &&
    one.pool === other.pool &&
    one.evidence === other.evidence &&
    one.expectedSnapshotter === other.expectedSnapshotter &&
    one.defaultSnapshotter === other.defaultSnapshotter &&
    one.advisories.join() === other.advisories.join()
  )
}
