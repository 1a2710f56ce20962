import { setTimeout } from 'node:timers/promises'
import { createKindHealth, type KindHealth } from '../inventory/cluster/kind-health.ts'
import { createKindStore } from '../inventory/cluster/kind-store.ts'
import { listAndWatch } from '../inventory/cluster/list-and-watch.ts'
import { nodeKind } from '../inventory/cluster/node-kind.ts'
import { reportKind } from '../inventory/cluster/report-kind.ts'
import { createSharedParts } from '../inventory/cluster/shared-parts.ts'
import { WATCH_TIMES } from '../inventory/cluster/watch-options.ts'
import type { WatchedKind, WatchedKindName } from '../inventory/cluster/watched-kind.ts'
import { createWorkSlices } from '../inventory/cluster/work-slices.ts'
import { openConnection, withAdvice } from './cluster-connection.ts'
import { asMissingDefinition } from './cluster-definition.ts'
import type { ClusterFlags } from './cluster-source.ts'
import { createClusterLog } from './cluster-stderr.ts'
import type { Following } from './nodes-following.ts'

const LOOK_EVERY_MS = 20
const SLICE_MS = 50

interface Followed {
  readonly kind: WatchedKindName
  readonly health: KindHealth
}

/** Keeps the roster in step with a cluster; resolves with the first complete lists, or rejects with what keeps them from coming. */
export const followCluster = async (flags: ClusterFlags, following: Following): Promise<void> => {
  const { roster, nowMs, io, signal } = following
  const connection = openConnection(flags, io)
  signal.addEventListener('abort', () => connection.close(), { once: true })
  const shared = createSharedParts()
  const slices = createWorkSlices(SLICE_MS, nowMs)
  let isLoaded = false
  // What goes wrong before is thrown, and said once.
  const stderr = createClusterLog(io.stderr)
  const log = {
    info: (fields: object, message: string): void => {
      if (isLoaded) stderr.info(fields, message)
    },
    warn: (fields: object, message: string): void => {
      if (isLoaded || 'name' in fields) stderr.warn(fields, message)
    },
  }
  const start = <Facts extends { readonly name: string }>(kind: WatchedKind<Facts>): Followed => {
    const health = createKindHealth(kind.name, nowMs, log, () => {})
    const watched = { ...kind, resource: { ...kind.resource, verbs: ['list', 'watch'] } }
    void listAndWatch({
      ...{ connection, health, slices, nowMs, log, signal, kind: watched },
      store: createKindStore(kind, { log }),
      times: WATCH_TIMES,
      random: Math.random,
    })
    return { kind: kind.name, health }
  }
  await untilLoaded([start(nodeKind(roster, nowMs, shared)), start(reportKind(roster, nowMs, shared))], signal)
  isLoaded = true
}

const untilLoaded = async (followed: readonly Followed[], signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && !followed.every(({ health }) => health.loaded)) {
    for (const { kind, health } of followed) {
      const failure = health.failure()
      if (failure !== null) throw withAdvice(asMissingDefinition(kind, failure))
    }
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
