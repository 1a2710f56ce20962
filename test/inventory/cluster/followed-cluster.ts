// A fake API server and an inventory that follows it, for one test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { type ClusterInventory, createClusterInventory } from '../../../src/inventory/cluster/cluster-inventory.ts'
import type { WatchTimes } from '../../../src/inventory/cluster/watch-options.ts'
import { createRoster, type Roster } from '../../../src/policy/roster.ts'
import { configurationOf } from '../../support/cluster-view.ts'
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts'

/** A line of the log. */
export interface Logged {
  readonly level: 'info' | 'warn'
  readonly message: string
  readonly [field: string]: unknown
}

/** What a test looks at. */
export interface FollowedCluster {
  readonly inventory: ClusterInventory
  readonly roster: Roster
  readonly logged: Logged[]
  /** Adds to what the inventory takes for the time. */
  skip(ms: number): void
  stop(): void
}

/** Times for tests: short where a test waits, long where it must not matter. */
export const TEST_TIMES: WatchTimes = {
  quietMs: 60_000,
  initialQuietMs: 60_000,
  backoffMinMs: 5,
  backoffMaxMs: 20,
  requestDeadlineMs: 10_000,
  watchMs: 300_000,
  pageSize: 3,
}

/** A server that is closed when the test ends. */
export const startServer = async (t: Test): Promise<FakeApiServer> => {
  const server = await startFakeApiServer()
  t.teardown(() => server.close())
  return server
}

/** An inventory that follows the server until the test ends. */
export const follow = (
  t: Test,
  server: Pick<FakeApiServer, 'kubeconfig'>,
  times: Partial<WatchTimes> = {},
  user?: object,
): FollowedCluster => {
  const folder = mkdtempSync(join(tmpdir(), 'soci-guard-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig(user))
  const stopping = new AbortController()
  let skippedMs = 0
  const nowMs = (): number => performance.now() + skippedMs
  const connection = createApiConnection({ kubeconfig, env: {}, userAgent: 'soci-guard/test', nowMs })
  const roster = createRoster(configurationOf())
  const logged: Logged[] = []
  const inventory = createClusterInventory({
    connection,
    roster,
    nowMs,
    log: {
      info: (fields, message) => logged.push({ level: 'info', message, ...fields }),
      warn: (fields, message) => logged.push({ level: 'warn', message, ...fields }),
    },
    onLoaded: () => {},
    signal: stopping.signal,
    times: { ...TEST_TIMES, ...times },
  })
  const stop = (): void => {
    stopping.abort()
    connection.close()
  }
  t.teardown(stop)
  inventory.start()
  return {
    inventory,
    roster,
    logged,
    skip: ms => {
      skippedMs += ms
    },
    stop,
  }
}
