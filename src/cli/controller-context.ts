import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Settings } from '../config/settings.ts'
import type { GradedBrake } from '../controller/brake.ts'
import type { VerdictFeed } from '../controller/verdict-feed.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import type { ControlledCluster } from './controlled-cluster.ts'

/** What the parts of a controller are made from. */
export interface ControllerContext {
  readonly settings: Settings<'controller'>
  readonly connection: ApiConnection
  readonly cluster: ControlledCluster
  readonly feed: VerdictFeed
  readonly brake: GradedBrake
  readonly registry: Registry
  readonly logger: Logger
  /** The name of our pod. */
  readonly instance: string
  /** A clock that nobody sets. */
  readonly nowMs: () => number
  /** The time of day. */
  readonly wallMs: () => number
  readonly random: () => number
  /** Aborted when everything ends. */
  readonly signal: AbortSignal
}
