import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../e2e/cluster/api.ts'
import type { DaemonProcess } from '../../e2e/cluster/daemon-process.ts'
import { inParallel } from '../../e2e/cluster/in-parallel.ts'
import { nodePath } from '../../e2e/cluster/nodes.ts'
import { processUsage } from '../../e2e/cluster/process-usage.ts'
import { REPORT_CHANGES, writeReport } from '../../e2e/cluster/reports.ts'
import { directClient } from '../../e2e/faults/direct-review.ts'
import { LABEL, POD } from './bench-cluster.ts'

/** CPU of a process for each status update of a Node, as kubelets write them, beyond what it takes at rest; milliseconds. */
export async function cpuPerNodeUpdate(
  api: Api,
  pid: number,
  nodes: readonly string[],
  count: number,
): Promise<number> {
  const restMs = await cpuDuring(pid, () => sleep(2_000))
  const updates = Array.from({ length: count }, (_, index) => nodes[index % nodes.length] as string)
  const startMs = performance.now()
  const cpuMs = await cpuDuring(pid, async () => {
    await inParallel(updates, 8, name => api.patch(`${nodePath(name)}/status`, heartbeat(), 'strategic-merge-patch'))
    await sleep(200)
  })
  const rest = (restMs * (performance.now() - startMs)) / 2_000
  return (cpuMs - rest) / count
}

/** From the API server's answer to a change until the first bind through it that is answered rightly; milliseconds each. */
export async function changeToAnswer(
  api: Api,
  namespace: string,
  node: string,
  change: (toBad: boolean) => Promise<unknown>,
  rounds: number,
): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const toBad = round % 2 === 0
    await change(toBad)
    const changedMs = performance.now()
    while (((await api.dryRunBind(namespace, POD, node)).status === 403) !== toBad);
    times.push(performance.now() - changedMs)
  }
  return times
}

/** Turns a node's report bad or good. */
export const reportChange = (api: Api, node: string) => (toBad: boolean) =>
  writeReport(api, node, toBad ? REPORT_CHANGES.Mixed : REPORT_CHANGES.Ready)

/** Takes the label away that makes a node ready, or gives it back. */
export const labelChange = (api: Api, node: string) => (toBad: boolean) =>
  api.patch(nodePath(node), { metadata: { labels: { [LABEL]: toBad ? null : 'true' } } })

/** What a burst of changes did to reviews that were asked for all the while. */
export interface Burst {
  longestReviewMs: number
  reviews: number
  wrong: number
}

/** Stops the process while nodes change, lets it go on, and asks it without a pause until it has worked through the changes. */
export async function burst(
  api: Api,
  { pid }: DaemonProcess,
  nodes: readonly string[],
  right: Readonly<Record<string, 'allow' | 'deny'>>,
): Promise<Burst> {
  const client = directClient('127.0.0.1')
  const checks = Object.entries(right)
  for (const [node] of checks) await client.review(node)
  process.kill(pid, 'SIGSTOP')
  try {
    const stamp = String(Date.now())
    await inParallel(nodes, 16, name => api.patch(nodePath(name), { metadata: { labels: { burst: stamp } } }))
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  const found: Burst = { longestReviewMs: 0, reviews: 0, wrong: 0 }
  const endMs = performance.now() + 4_000
  while (performance.now() < endMs) {
    const [node, want] = checks[found.reviews++ % checks.length] as (typeof checks)[number]
    const startMs = performance.now()
    const outcome = await client.review(node)
    found.longestReviewMs = Math.max(found.longestReviewMs, performance.now() - startMs)
    if (outcome !== want) found.wrong++
    await sleep(1)
  }
  client.close()
  return found
}

async function cpuDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = processUsage(pid).cpuMs
  await work()
  return processUsage(pid).cpuMs - before
}

function heartbeat() {
  const lastHeartbeatTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: `at ${performance.now()}` }
  return { status: { conditions: [{ ...condition, lastHeartbeatTime }] } }
}
