import type { Api } from '../../e2e/cluster/api.ts'
import { processUsage } from '../../e2e/cluster/process-usage.ts'
import { POD } from './bench-cluster.ts'
import { percentile } from './statistics.ts'

/** What one round of dry-run binds in one lane measured; times in milliseconds, CPU per bind. */
export interface BindRound {
  p50Ms: number
  p99Ms: number
  perSecond: number
  apiServerCpuMs: number
  /** NaN in the lane without a webhook. */
  webhookCpuMs: number
}

/** One lane: its namespace, and the process behind its webhook. */
export interface Lane {
  namespace: string
  webhookPid: number | undefined
}

/** How much is done in a round. */
export interface RoundSize {
  oneAtATime: number
  concurrentMs: number
}

const WIDTH = 16
const WARM_UP = 30

/** Binds one at a time, and then sixteen at once for a while; throws at the first bind that is refused. */
export async function bindRound(
  api: Api,
  { namespace, webhookPid }: Lane,
  { apiServerPid, nodes, size }: { apiServerPid: number; nodes: readonly string[]; size: RoundSize },
): Promise<BindRound> {
  let turn = 0
  const bind = async () => {
    const { status, body } = await api.dryRunBind(namespace, POD, nodes[turn++ % nodes.length] as string)
    if (status !== 201) throw new Error(`${namespace}: ${status} ${JSON.stringify(body)}`)
  }
  for (let index = 0; index < WARM_UP; index++) await bind()
  const times: number[] = []
  for (let index = 0; index < size.oneAtATime; index++) {
    const startMs = performance.now()
    await bind()
    times.push(performance.now() - startMs)
  }
  const cpuMs = () => ({
    apiServer: processUsage(apiServerPid).cpuMs,
    webhook: webhookPid === undefined ? Number.NaN : processUsage(webhookPid).cpuMs,
  })
  const before = cpuMs()
  const startMs = performance.now()
  let count = 0
  const worker = async () => {
    while (performance.now() - startMs < size.concurrentMs) {
      await bind()
      count++
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  const tookMs = performance.now() - startMs
  const after = cpuMs()
  return {
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    perSecond: (count * 1_000) / tookMs,
    apiServerCpuMs: (after.apiServer - before.apiServer) / count,
    webhookCpuMs: (after.webhook - before.webhook) / count,
  }
}
