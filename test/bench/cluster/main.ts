// npm run bench:cluster [-- --nodes N] [--rounds N] [--starts N] [--thin] [--json] [--smoke] [--layers]
// Dry-run binds through a real API server in interleaved rounds of no webhook, a constant one and ours, and what our inventory
// costs over so many nodes; with --layers what the policy inside the API server adds instead. Everything runs on this machine, on
// the same cores.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DaemonProcess } from '../../e2e/cluster/daemon-process.ts'
import { processUsage } from '../../e2e/cluster/process-usage.ts'
import { type BenchCluster, createLane, startBenchCluster } from './bench-cluster.ts'
import { type BindRound, bindRound } from './bind-round.ts'
import { burst, changeToAnswer, cpuPerNodeUpdate, labelChange, reportChange } from './change-rounds.ts'
import { formatLayers, measureLayers } from './layers.ts'
import { formatResults, LANES, type LaneName, type Results } from './results.ts'
import { type StartRound, serverOwnMs, startRound } from './start-round.ts'
import { median } from './statistics.ts'
import { PORTS, prepareWebhooks, type WebhookProcesses } from './webhook-processes.ts'

const { values: options } = parseArgs({
  options: {
    nodes: { type: 'string' },
    rounds: { type: 'string' },
    starts: { type: 'string' },
    thin: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    layers: { type: 'boolean', default: false },
  },
})
const { smoke, thin } = options
const nodes = Number(options.nodes ?? (smoke ? 200 : options.layers ? 3_100 : 3_000))
const rounds = Number(options.rounds ?? (smoke ? 1 : 6))
const startCount = Number(options.starts ?? (smoke ? 1 : 5))
const size = smoke ? { oneAtATime: 50, concurrentMs: 500 } : { oneAtATime: 400, concurrentMs: 3_000 }
const changes = smoke ? 6 : 100
const burstSize = Math.min(nodes, 5_000)

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function measureStarts(cluster: BenchCluster, webhooks: WebhookProcesses) {
  const right: Record<string, 'allow' | 'deny'> = { [cluster.good.at(-1) ?? '']: 'allow' }
  for (const name of cluster.bad) right[name] = 'deny'
  const small = await startRound(() => webhooks.startOurs(128), right)
  await small.daemon.stop('SIGKILL')
  const starts: StartRound[] = []
  let last: DaemonProcess | undefined
  for (let index = 0; index < startCount; index++) {
    await last?.stop('SIGKILL')
    const { round, daemon } = await startRound(() => webhooks.startOurs(), right)
    starts.push(round)
    last = daemon
  }
  if (!last) throw new Error('at least one start is needed')
  return { smallHeapStart: small.round, starts, ours: last, right }
}

async function measureBinds(cluster: BenchCluster, webhooks: WebhookProcesses, ours: DaemonProcess) {
  const { plane, good } = cluster
  const constant = webhooks.startConstant()
  const { caBundle } = webhooks
  await createLane(plane.admin, 'none')
  await createLane(plane.admin, 'constant', { url: `https://127.0.0.1:${PORTS.constant}/validate/bindings`, caBundle })
  await createLane(plane.admin, 'ours', { url: `https://127.0.0.1:${PORTS.ours}/validate/bindings`, caBundle })
  // The API server takes a second or more to act on new webhooks.
  await new Promise(resolve => setTimeout(resolve, 4_000))
  const pids: Record<LaneName, number | undefined> = { none: undefined, constant: constant.pid, ours: ours.pid }
  const binds: Record<LaneName, BindRound[]> = { none: [], constant: [], ours: [] }
  const common = { apiServerPid: plane.pidOf('kube-apiserver'), nodes: good.slice(0, 1_000), size }
  for (let round = 0; round < rounds; round++)
    for (const namespace of LANES)
      binds[namespace].push(await bindRound(plane.admin, { namespace, webhookPid: pids[namespace] }, common))
  return { binds, constant }
}

async function measure(cluster: BenchCluster, folder: string): Promise<Results> {
  const { plane, good, labelled } = cluster
  const { admin } = plane
  const webhooks = prepareWebhooks(folder, cluster.kubeconfig)
  const ownTimes: number[] = []
  for (let index = 0; index < 3; index++) ownTimes.push(await serverOwnMs(admin))
  say('timing starts')
  const { smallHeapStart, starts, ours, right } = await measureStarts(cluster, webhooks)
  say('timing binds')
  const { binds, constant } = await measureBinds(cluster, webhooks, ours)
  say('timing changes')
  const node = good[1] as string
  const cpuPerNodeUpdateMs = await cpuPerNodeUpdate(admin, ours.pid, good, smoke ? 100 : 2_000)
  const reportChangeMs = await changeToAnswer(admin, 'ours', node, reportChange(admin, node), changes)
  const labelChangeMs = await changeToAnswer(admin, 'ours', labelled, labelChange(admin, labelled), changes)
  const foundBurst = await burst(admin, ours, good.slice(0, burstSize), right)
  const usage = processUsage(ours.pid)
  const results: Results = {
    machine: `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.versions.node}`,
    kubernetes: (await admin.get<{ gitVersion: string; metadata: { name: string } }>('/version')).gitVersion,
    nodes,
    nodeBytes: JSON.stringify(await admin.get(`/api/v1/nodes/${node}`)).length,
    ...{ binds, starts, smallHeapStart, serverOwnMs: median(ownTimes) },
    ...{ cpuPerNodeUpdateMs, reportChangeMs, labelChangeMs, burst: { ...foundBurst, changes: burstSize } },
    residentMB: usage.rssBytes / 2 ** 20,
    peakMB: usage.peakRssBytes / 2 ** 20,
    apiServerMB: processUsage(plane.pidOf('kube-apiserver')).rssBytes / 2 ** 20,
  }
  await ours.stop('SIGKILL')
  await constant.stop('SIGKILL')
  return results
}

async function measuredLayers(cluster: BenchCluster, folder: string): Promise<string> {
  const bad = smoke ? [0, 10, 100] : [0, 100, 3_000]
  const layersSize = { bad, rounds: smoke ? 1 : 2, binds: smoke ? 50 : 300, laneMs: 8_000 }
  const { gitVersion } = await cluster.plane.admin.get<{ gitVersion: string; metadata: { name: string } }>('/version')
  const results = await measureLayers(cluster, folder, layersSize, say)
  const title = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}; Kubernetes ${gitVersion}, ${nodes} nodes, everything on the same cores; dry-run binds one at a time, p50 / p99 in ms`
  return options.json ? JSON.stringify(results, null, 2) : `${title}\n\n${formatLayers(results)}`
}

async function measuredAll(cluster: BenchCluster, folder: string): Promise<string> {
  const results = await measure(cluster, folder)
  const title = `${results.machine}; Kubernetes ${results.kubernetes}, everything on the same cores; medians of ${rounds} rounds`
  return options.json ? JSON.stringify(results, null, 2) : `${title}\n\n${formatResults(results)}`
}

const folder = mkdtempSync(join(tmpdir(), 'soci-guard-bench-cluster-'))
const cluster = await startBenchCluster(join(folder, 'plane'), { nodes, thin: thin || options.layers, say })
try {
  const measured = options.layers ? measuredLayers : measuredAll
  process.stdout.write(`${await measured(cluster, join(folder, 'webhooks'))}\n`)
} finally {
  await cluster.plane.stop()
  rmSync(folder, { recursive: true, force: true })
}
