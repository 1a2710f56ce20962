// What the agent costs a node, and how soon a change is in its report: npm run bench:node [-- --smoke | --quick | --json | --soak SECONDS].
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startFakeReportApi } from '../../agent/fake-report-api.ts'
import { fakeNode } from '../../support/fake-api-objects.ts'
import { until } from '../../support/until.ts'
import { startAgent } from './agent-process.ts'
import type { NodeSize } from './big-node.ts'
import { startContainerd } from './containerd-process.ts'
import { percentile } from './percentile.ts'

const { values } = parseArgs({
  options: {
    smoke: { type: 'boolean' },
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    soak: { type: 'string', default: '120' },
  },
})
const isSmoke = values.smoke === true
const isQuick = values.quick === true
const LARGEST: NodeSize = { images: 2000, containers: 500 }
const ALL: readonly NodeSize[] = [{ images: 200, containers: 50 }, { images: 1000, containers: 250 }, LARGEST]
const SIZES = isSmoke ? [{ images: 100, containers: 20 }] : isQuick ? [LARGEST] : ALL
const ROUNDS = isSmoke ? 3 : isQuick ? 8 : 20
const CHANGES = isSmoke ? 5 : isQuick ? 20 : 60
const IDLE_MS = isSmoke ? 2000 : isQuick ? 10_000 : 30_000
const SOAK_MS = isSmoke ? 1000 : isQuick ? 10_000 : Number(values.soak) * 1000

interface Result {
  readonly size: NodeSize
  readonly wholeSweepMs: number
  readonly containerEventMs: number
  readonly imageEventMs: number
  readonly containerLatencyMs: readonly [number, number]
  readonly imageLatencyMs: readonly [number, number]
  readonly idleMillicores: number
  readonly rssMB: number
  readonly soakedMB: number
  readonly peakMB: number
}

const GAP_MS = 400

const measure = async (size: NodeSize): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'sg-'))
  const socket = join(folder, 'c.sock')
  const api = await startFakeReportApi()
  api.server.nodes.put(fakeNode('node1'))
  const serviceAccount = join(folder, 'pod')
  await writePod(serviceAccount, api.server.authority.caPem)
  const containerd = await startContainerd(socket, size, join(folder, 'soci.sock'))
  const agent = await startAgent({ containerd: socket, apiPort: api.server.port, serviceAccount })
  const event = (topic: string, subject: string) => containerd.order({ kind: 'event', topic, subject })
  const taken = () => api.applied.length
  let added = size.containers
  try {
    await until(() => api.applied.at(-1)?.spec.verified === true)
    // What is compiled and looked for once more after the start is no part of a sweep.
    await sleep(2500)

    const costOf = async (rounds: number, change: (round: number) => Promise<unknown>): Promise<number> => {
      const costs: number[] = []
      for (let round = 0; round < rounds; round++) {
        const before = agent.cpuMs()
        await change(round)
        await sleep(isSmoke ? 500 : 900)
        costs.push(agent.cpuMs() - before)
      }
      return percentile(costs, 0.5)
    }
    const latencyOf = async (change: (round: number) => Promise<unknown>): Promise<readonly [number, number]> => {
      const latencies: number[] = []
      for (let round = 0; round < CHANGES; round++) {
        await sleep(GAP_MS + Math.random() * GAP_MS)
        const before = taken()
        const startMs = performance.now()
        await change(round)
        await until(() => taken() > before)
        latencies.push(performance.now() - startMs)
      }
      return [percentile(latencies, 0.5), percentile(latencies, 0.99)]
    }

    // An event that names nothing is a reason to read everything.
    const wholeSweepMs = await costOf(ROUNDS, () => event('/containers/update', ''))
    const containerEventMs = await costOf(ROUNDS, async () => {
      const id = await containerd.order({ kind: 'addContainer', at: added++, snapshotter: 'soci' })
      await event('/containers/create', String(id))
    })
    const imageEventMs = await costOf(ROUNDS, async round => {
      const names = await containerd.order({ kind: 'addImage', at: 10_000 + round, snapshotter: 'soci' })
      for (const name of names as string[]) await event('/images/create', name)
    })
    const idleFrom = agent.cpuMs()
    await sleep(IDLE_MS)
    const idleMillicores = ((agent.cpuMs() - idleFrom) / IDLE_MS) * 1000
    const { rssMB } = agent.memory()
    const containerLatencyMs = await latencyOf(async round => {
      const id = await containerd.order({ kind: 'addContainer', at: added + (round >> 1), snapshotter: 'overlayfs' })
      if (round % 2 === 1) await containerd.order({ kind: 'removeContainer', id: String(id) })
      await event(round % 2 === 0 ? '/containers/create' : '/containers/delete', String(id))
    })
    const imageLatencyMs = await latencyOf(async round => {
      const at = 20_000 + (round >> 1)
      const isNew = round % 2 === 0
      const order = isNew
        ? ({ kind: 'addImage', at, snapshotter: 'overlayfs' } as const)
        : ({ kind: 'removeImage', at } as const)
      const names = (await containerd.order(order)) as string[]
      for (const name of names) await event(isNew ? '/images/create' : '/images/delete', name)
    })
    const soakUntilMs = performance.now() + SOAK_MS
    for (let round = 0; performance.now() < soakUntilMs; round++) {
      const id = await containerd.order({ kind: 'addContainer', at: 50_000 + round, snapshotter: 'soci' })
      await event('/containers/create', String(id))
      await containerd.order({ kind: 'removeContainer', id: String(id) })
      await event('/containers/delete', String(id))
      if (round % 40 === 0) await event('/containers/update', '')
      await sleep(100)
    }
    await sleep(500)
    const { rssMB: soakedMB, peakMB } = agent.memory()
    return {
      ...{ size, wholeSweepMs, containerEventMs, imageEventMs, containerLatencyMs, imageLatencyMs },
      ...{ idleMillicores, rssMB, soakedMB, peakMB },
    }
  } finally {
    await agent.stop()
    containerd.stop()
    await api.server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function writePod(folder: string, ca: string): Promise<void> {
  await mkdir(folder)
  await writeFile(join(folder, 'token'), 'a-token')
  await writeFile(join(folder, 'ca.crt'), ca)
  await writeFile(join(folder, 'namespace'), 'soci-guard-system')
}

const table = (results: readonly Result[]): string => {
  const rows: readonly (readonly [string, (result: Result) => string])[] = [
    ['everything read, ms CPU', ({ wholeSweepMs }) => wholeSweepMs.toFixed(1)],
    ['event of a container, ms CPU', ({ containerEventMs }) => containerEventMs.toFixed(1)],
    ['a pulled image (three events), ms CPU', ({ imageEventMs }) => imageEventMs.toFixed(1)],
    [
      'container event → report, p50 / p99 ms',
      ({ containerLatencyMs: [p50, p99] }) => `${p50.toFixed(0)} / ${p99.toFixed(0)}`,
    ],
    ['image event → report, p50 / p99 ms', ({ imageLatencyMs: [p50, p99] }) => `${p50.toFixed(0)} / ${p99.toFixed(0)}`],
    ['idle, millicores', ({ idleMillicores }) => idleMillicores.toFixed(2)],
    [
      'RSS before / after the soak / at its peak, MB',
      ({ rssMB, soakedMB, peakMB }) => [rssMB, soakedMB, peakMB].map(mb => mb.toFixed(0)).join(' / '),
    ],
  ]
  const head = ['', ...results.map(({ size }) => `${size.images} images, ${size.containers} containers`)]
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(head),
    line(head.map((_, at) => (at === 0 ? '---' : '---:'))),
    ...rows.map(([name, show]) => line([name, ...results.map(show)])),
  ].join('\n')
}

if (process.getuid?.() !== 0) {
  process.stderr.write('bench:node needs root: the agent runs in a mount namespace of its own, as in a pod\n')
  process.exit(process.env.CI === undefined ? 0 : 1)
}
const results: Result[] = []
for (const size of SIZES) results.push(await measure(size))
const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.versions.node}`
process.stdout.write(
  values.json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : `${machine}\n\n${table(results)}\n`,
)
