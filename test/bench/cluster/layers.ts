// What each layer adds to a bind, by how many nodes are bad: the policy of the manifests, the webhook, both, and a policy over Node
// objects with a label, which is the form that we do not use.
import { join } from 'node:path'
import type { Api } from '../../e2e/cluster/api.ts'
import { inParallel } from '../../e2e/cluster/in-parallel.ts'
import { nodePath } from '../../e2e/cluster/nodes.ts'
import { REPORT_CHANGES, writeReport } from '../../e2e/cluster/reports.ts'
import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { type BenchCluster, createLane, POD } from './bench-cluster.ts'
import { BAD_LABEL, createBackstop, createNodeLabelPolicy, writeBlockedNodes } from './layer-policies.ts'
import { percentile } from './statistics.ts'
import { PORTS, prepareWebhooks } from './webhook-processes.ts'

/** The lanes, in the order of the table. */
export const LAYERS = ['nothing', 'backstop', 'webhook', 'both', 'node-label'] as const

/** One of them. */
export type LayerName = (typeof LAYERS)[number]

/** Milliseconds of every bind in each lane, for one number of bad nodes. */
export interface LayerTimes {
  readonly bad: number
  readonly times: Record<LayerName, number[]>
}

/** How much is done for each lane and number of bad nodes; a lane that is slow gives up after `laneMs`. */
export interface LayersSize {
  readonly bad: readonly number[]
  readonly rounds: number
  readonly binds: number
  readonly laneMs: number
}

const WARM_UP = 20

/** Times binds of pods to good nodes while more and more others are bad; throws where a bad node is not refused as it should be. */
export async function measureLayers(
  { plane, good, bad: first, kubeconfig }: BenchCluster,
  folder: string,
  size: LayersSize,
  say: (text: string) => void,
): Promise<LayerTimes[]> {
  const { admin } = plane
  const manifest = join(import.meta.dirname, '../../../manifests/base/21-crd-blockednodes.yaml')
  const applied = await plane.kubectl(['apply', '--server-side', '-f', manifest])
  if (applied.code !== 0) throw new Error(applied.stderr)
  for (const name of first) await writeReport(admin, name, REPORT_CHANGES.Ready)
  const webhooks = prepareWebhooks(folder, kubeconfig)
  const daemon = webhooks.startOurs()
  const webhook = { url: `https://127.0.0.1:${PORTS.ours}/validate/bindings`, caBundle: webhooks.caBundle }
  for (const name of LAYERS) await createLane(admin, name, name === 'webhook' || name === 'both' ? webhook : undefined)
  await waitFor('BlockedNodes', () => admin.send('GET', '/apis/soci-guard.dev/v1alpha1/blockednodes').then(isFound))
  await createBackstop(admin, ['backstop', 'both'])
  await createNodeLabelPolicy(admin, ['node-label'])
  const most = Math.max(...size.bad)
  const victims = good.slice(-most)
  const targets = good.slice(0, good.length - most)
  const results: LayerTimes[] = []
  let turned = 0
  try {
    for (const bad of size.bad) {
      say(`${bad} bad nodes`)
      await turnBad(admin, victims.slice(turned, bad))
      await writeBlockedNodes(admin, victims.slice(0, bad))
      turned = Math.max(turned, bad)
      await everyLaneActs(admin, victims[bad - 1], targets[0] as string)
      results.push({ bad, times: await timeLanes(admin, targets, size) })
    }
  } finally {
    await daemon.stop('SIGKILL')
  }
  return results
}

/** The table of the medians and the slowest hundredths, as Markdown. */
export function formatLayers(results: readonly LayerTimes[]): string {
  const head = ['bad nodes', ...LAYERS]
  const figure = (times: readonly number[]) =>
    `${percentile(times, 0.5).toFixed(1)} / ${percentile(times, 0.99).toFixed(0)}`
  const rows = results.map(({ bad, times }) => [bad.toLocaleString('en'), ...LAYERS.map(name => figure(times[name]))])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

const isFound = ({ status }: { status: number }): boolean => status === 200

async function turnBad(admin: Api, names: readonly string[]): Promise<void> {
  await inParallel(names, 16, async name => {
    await writeReport(admin, name, REPORT_CHANGES.Mixed)
    await admin.patch(nodePath(name), { metadata: { labels: BAD_LABEL } })
  })
}

async function everyLaneActs(admin: Api, bad: string | undefined, good: string): Promise<void> {
  for (const namespace of LAYERS) {
    const statusAt = async (node: string) => (await admin.dryRunBind(namespace, POD, node)).status
    const isRefused = namespace !== 'nothing'
    await waitFor(
      `the lane ${namespace} to act`,
      async () =>
        (await statusAt(good)) === 201 && (bad === undefined || ((await statusAt(bad)) === 201) !== isRefused),
      { deadlineMs: 60_000 },
    )
  }
}

async function timeLanes(
  admin: Api,
  targets: readonly string[],
  size: LayersSize,
): Promise<Record<LayerName, number[]>> {
  const times: Record<LayerName, number[]> = { nothing: [], backstop: [], webhook: [], both: [], 'node-label': [] }
  for (let round = 0; round < size.rounds; round++)
    for (const lane of LAYERS) times[lane].push(...(await timeLane(admin, lane, targets, size)))
  return times
}

async function timeLane(
  admin: Api,
  lane: LayerName,
  targets: readonly string[],
  { binds, laneMs }: LayersSize,
): Promise<number[]> {
  const times: number[] = []
  const endMs = performance.now() + laneMs
  for (let index = 0; index < WARM_UP + binds && performance.now() < endMs; index++) {
    const startMs = performance.now()
    const { status } = await admin.dryRunBind(lane, POD, targets[index % targets.length] as string)
    const tookMs = performance.now() - startMs
    if (status !== 201) throw new Error(`${lane}: ${status}`)
    // What is slow is slow from the first on, and there is no time to leave any out.
    if (index >= WARM_UP || tookMs > 100) times.push(tookMs)
  }
  return times
}
