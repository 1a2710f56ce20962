// Where the edges of the agent meet: containerd, the API server, the node's own files, metrics and log become one loop.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import type { AgentIdentity } from '../agent/agent-identity.ts'
import type { AgentRuntime } from '../agent/agent-runtime.ts'
import { readLatchFile, writeLatchFile } from '../agent/latch-file.ts'
import { type Agent, runAgent } from '../agent/run-agent.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { listen } from '../server/listen.ts'
import { createOpsServer, type ReadinessCheck } from '../server/ops-server.ts'
import { type AgentSources, createAgentMetrics } from '../telemetry/agent-metrics.ts'
import type { BufferedLogger } from '../telemetry/logger.ts'
import { allAddresses } from './all-addresses.ts'
import { reportingCluster } from './reporting-cluster.ts'
import { VERSION } from './version.ts'

/** What an agent is made from. */
export interface StartAgentOptions {
  readonly identity: AgentIdentity
  readonly runtime: AgentRuntime
  readonly connection: ApiConnection
  /** undefined: the latch is kept in the report alone. */
  readonly stateFile: string | undefined
  /** undefined: all addresses. */
  readonly opsHost: string | undefined
  readonly opsPort: number
  readonly log: BufferedLogger
}

/** An agent that reports. */
export interface StartedAgent {
  readonly opsAddress: AddressInfo
  /** Rejects when the loop has a defect. */
  readonly ended: Promise<void>
  /** Ends the loop and leaves the last report as it is. */
  stop(): Promise<void>
}

// The loop turns at least every ten seconds; by then something is badly wrong, and a restart costs little.
const LIVE_MS = 60_000

/** Starts everything; rejects with a GuardError when the ops port is taken. What the node or the API server lack may mend itself. */
export const startAgent = async (options: StartAgentOptions): Promise<StartedAgent> => {
  const { identity, log, stateFile } = options
  const stopping = new AbortController()
  const parts: { agent?: Agent } = {}
  const registry = new Registry()
  const recorder = createAgentMetrics(registry, sourcesOf(parts), VERSION)
  const ops = createOpsServer({
    checks: readinessOf(parts),
    alive: () => livenessOf(parts),
    metrics: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  })
  const opsAddress = await listen(ops, options.opsHost ?? allAddresses(), options.opsPort)
  const agent = runAgent({
    identity,
    runtime: options.runtime,
    cluster: reportingCluster(options.connection, identity.nodeName),
    recorder,
    log: log.logger,
    ...(stateFile !== undefined && {
      latchFile: {
        read: () => readLatchFile(stateFile, identity.bootID),
        write: latch => writeLatchFile(stateFile, identity.bootID, latch),
      },
    }),
    nowMs: () => performance.now(),
    wallMs: Date.now,
    random: Math.random,
    signal: stopping.signal,
  })
  parts.agent = agent
  return {
    opsAddress,
    ended: agent.ended,
    stop: async () => {
      stopping.abort()
      options.connection.close()
      await closeAtOnce(ops)
    },
  }
}

const closeAtOnce = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const livenessOf = ({ agent }: { agent?: Agent }): string | null => {
  const sinceMs = agent?.sinceTurnMs() ?? 0
  return sinceMs <= LIVE_MS ? null : `the loop has not turned for ${Math.round(sinceMs / 1000)} seconds`
}

const readinessOf = (parts: { agent?: Agent }): ReadinessCheck[] => [
  {
    name: 'report',
    check: () => {
      const { published, said } = parts.agent?.state().cluster ?? {}
      if (published) return null
      return said ? said : 'not published yet'
    },
  },
  { name: 'verified', check: () => (isVerified(parts) ? null : "the node's facts are not verified") },
]

const isVerified = ({ agent }: { agent?: Agent }): boolean => {
  const state = agent?.state()
  return state?.verified === true && state.cluster.published?.report.verified === true
}

const sourcesOf = (parts: { agent?: Agent }): AgentSources => ({
  verified: () => isVerified(parts),
  mixed: () => parts.agent?.state().latch != null,
  sequence: () => parts.agent?.state().sequence ?? 0,
  lastPublishMs: () => {
    const atMs = parts.agent?.state().cluster.published?.atMs
    return atMs === undefined ? null : Date.now() - (performance.now() - atMs)
  },
})
