import type { ObservedFacts } from './observed-facts.ts'

/** What happens to a stream of containerd's events. */
export interface StreamListener {
  /** Events are followed from now on; called at most once. */
  onOpened(): void
  /** Something happened that a report may depend on. */
  onChange(): void
  /** The stream ended, or could not be opened; called at most once, and nothing is called after it. */
  onLost(why: string): void
}

/** The running containerd, as the loop needs it. */
export interface AgentRuntime {
  /** Follows the events until they are lost or the signal is aborted, after which nothing is called. */
  follow(listener: StreamListener, signal: AbortSignal): void
  /** Tells one containerd process from another; rejects when containerd does not answer. */
  session(signal: AbortSignal): Promise<string>
  /** Reads everything; what could not be told is null or ''. Rejects when nothing could be. */
  inspect(signal: AbortSignal): Promise<ObservedFacts>
}
