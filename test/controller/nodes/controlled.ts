// A controller of nodes in this process over a fake API server, with a time that a test can move.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { GradedBrake } from '../../../src/controller/brake.ts'
import { createNodeApi } from '../../../src/controller/nodes/node-api.ts'
import { createNodeMarker, type NodeMarker } from '../../../src/controller/nodes/node-marker.ts'
import { createOutageBrake } from '../../../src/controller/outage-brake.ts'
import { createVerdictFeed } from '../../../src/controller/verdict-feed.ts'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { createClusterInventory } from '../../../src/inventory/cluster/cluster-inventory.ts'
import type { GuardConfiguration } from '../../../src/policy/configuration.ts'
import { createRoster, type Roster } from '../../../src/policy/roster.ts'
import { TEST_TIMES } from '../../inventory/cluster/followed-cluster.ts'
import { configurationOf } from '../../support/cluster-view.ts'
import { fakeReport } from '../../support/fake-api-objects.ts'
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts'
import { until } from '../../support/until.ts'

/** A report as its node's agent renews it: each is a later one than the last. */
export const createReporter = (server: FakeApiServer): ((name: string, change?: object) => void) => {
  let sequence = 10
  return (name, change = {}) => {
    sequence += 1
    server.reports.put(fakeReport(name, { sequence, ...change }))
  }
}

/** What makes a report say each state. */
export const REPORTED = {
  Ready: {},
  Mixed: { mixed: { since: '2026-11-22T09:00:00Z', reason: 'ConfiguredAfterLaunch', message: 'mixed' } },
  NotDefault: {
    defaultSnapshotter: { name: 'overlayfs', source: 'ImageFsInfo' },
    containers: { bySnapshotter: { overlayfs: 3 }, foreign: [] },
  },
  Unverified: { verified: false },
} as const

/** A server that is closed when the test ends, and has no node. */
export const startServer = async (t: Test): Promise<FakeApiServer> => {
  const server = await startFakeApiServer()
  t.teardown(() => server.close())
  return server
}

/** What a test looks at. */
export interface Controlled {
  readonly marker: NodeMarker
  readonly roster: Roster
  readonly brake: GradedBrake
  /** Each write, as `part result`. */
  readonly writes: string[]
  readonly delaysMs: number[]
  readonly warned: string[]
  configuration: GuardConfiguration
  skip(ms: number): void
  stop(): Promise<void>
}

/** What differs from a controller as it is installed. */
export interface ControlledOptions {
  readonly configuration?: Partial<GuardConfiguration>
  readonly writesPerSecond?: number
  readonly advanceEveryMs?: number
}

/** A controller that has loaded its inventory and has begun; it ends with the test. */
export const startControlled = async (
  t: Test,
  server: FakeApiServer,
  options: ControlledOptions = {},
): Promise<Controlled> => {
  const folder = mkdtempSync(join(tmpdir(), 'soci-guard-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig())
  const stopping = new AbortController()
  let skippedMs = 0
  const nowMs = (): number => performance.now() + skippedMs
  const connection = createApiConnection({ kubeconfig, env: {}, userAgent: 'soci-guard/test', nowMs })
  let configuration = configurationOf({ outage: { fraction: 0.55, answer: 'hold' }, ...options.configuration })
  const { feed, take } = createVerdictFeed()
  const roster = createRoster(configuration, take)
  const { promise: loaded, resolve } = Promise.withResolvers<void>()
  const log = {
    info: () => {},
    warn: (fields: object, message: string) => warned.push(`${message} ${JSON.stringify(fields)}`),
  }
  const warned: string[] = []
  const writes: string[] = []
  const delaysMs: number[] = []
  createClusterInventory({
    ...{ connection, roster, nowMs, log, readsConditions: true, signal: stopping.signal, times: TEST_TIMES },
    onLoaded: resolve,
  }).start()
  await loaded
  const advance = (): void => void roster.advance(nowMs())
  advance()
  const timer = setInterval(advance, options.advanceEveryMs ?? 20)
  const brake = createOutageBrake({
    feed,
    reportMovedAtMs: roster.reportMovedAtMs,
    configuration: () => configuration,
    nowMs,
  })
  const marker = createNodeMarker({
    api: createNodeApi(connection, stopping.signal),
    ...{ feed, roster, brake, log, nowMs },
    configuration: () => configuration,
    recorder: {
      markWritten: (part, result) => writes.push(`${part} ${result}`),
      markDelayed: (part, delayMs) => part === 'node' && delaysMs.push(delayMs),
    },
    writesPerSecond: options.writesPerSecond ?? 1000,
    wallMs: () => Date.UTC(2026, 10, 22, 10),
    random: Math.random,
  })
  marker.start()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await marker.stop()
    stopping.abort()
    connection.close()
  }
  t.teardown(stop)
  return {
    ...{ marker, roster, brake, writes, delaysMs, warned, stop },
    get configuration() {
      return configuration
    },
    set configuration(changed) {
      configuration = changed
      roster.reconfigure(changed, nowMs())
    },
    skip: ms => {
      skippedMs += ms
    },
  }
}

/** Waits until nothing is left to write. */
export const settled = (...controllers: Controlled[]): Promise<void> =>
  until(() => controllers.every(({ marker }) => marker.queued('node') + marker.queued('status') === 0))
