import type { Logger } from 'pino'
import type { ClusterView, PodFacts } from '../admission/cluster-view.ts'
import type { Roster } from '../policy/roster.ts'
import type { VerdictListener } from '../policy/verdict-listener.ts'
import type { ReadinessCheck } from '../server/ops-server.ts'

/** What every cluster needs; everything it watches ends with the signal. */
export interface ServedClusterOptions {
  readonly config: string | undefined
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly configurationReloaded: (result: 'success' | 'failure') => void
  /** Told of every node's verdict; nobody unless given. */
  readonly onVerdict?: VerdictListener
}

/** The cluster that reviews are answered for, as it is known at this moment. */
export interface ServedCluster {
  readonly roster: Roster
  view(): ClusterView
  /** False until everything has been read once: an empty inventory would be read as an empty cluster. */
  loaded(): boolean
  /** What has to be there before the first answer, each with the sentence that /readyz shows. */
  readonly conditions: readonly ReadinessCheck[]
  /** Since what is known was last known to be current, by what it is about; nothing before it is loaded. */
  agesMs(): Readonly<Record<string, number>>
  readPod(namespace: string, name: string, signal: AbortSignal): Promise<PodFacts | undefined>
  /** Asks for a node that is not known, where that can be done. */
  readonly findNode?: (name: string) => Promise<{ readonly found: true } | { readonly missing: true }>
  /** Begins to follow the cluster; rejects with a GuardError where it must be readable at once. */
  begin(): Promise<void>
}
