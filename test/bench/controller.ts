// node test/bench/controller.ts [--nodes N] [--rate N]: the controller in a process of its own over an API server that does nothing
// but keep objects. How soon is one report's change on its Node, with nothing else to do and while all other nodes turn; and how
// much memory does that take?
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fakeNode, fakeReport } from '../support/fake-api-objects.ts'
import { type FakeApiServer, startFakeApiServer } from '../support/fake-api-server.ts'
import { nodeNow, servePatches } from '../support/fake-node-patches.ts'

const { values } = parseArgs({ options: { nodes: { type: 'string' }, rate: { type: 'string' } } })
const nodes = Number(values.nodes ?? 15_000)
const rate = Number(values.rate ?? 100)
const CHANGES = 100
const MIXED = { mixed: { since: '2026-11-22T09:00:00Z', reason: 'ConfiguredAfterLaunch', message: 'mixed' } }

const folder = mkdtempSync(join(tmpdir(), 'soci-guard-bench-'))
const nameOf = (at: number): string => `node-${String(at).padStart(5, '0')}`
let sequence = 1
const report = (server: FakeApiServer, name: string, change: object = {}): void => {
  sequence += 1
  server.reports.put(fakeReport(name, { sequence, ...change }))
}

const startProcess = async (kubeconfig: string) => {
  const config = join(folder, 'guard.yaml')
  writeFileSync(config, 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nmode: enforce\n')
  const bin = join(import.meta.dirname, '../../dist/soci-guard.js')
  const args = [
    'controller',
    `--kubeconfig=${kubeconfig}`,
    `--config=${config}`,
    '--ops-host=127.0.0.1',
    '--ops-port=0',
  ]
  const flags = ['--max-old-space-size=192', '--max-semi-space-size=4']
  const child = spawn(process.execPath, [...flags, bin, ...args, `--node-writes-per-second=${rate}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line)
    if (said.msg !== 'listening') continue
    child.stdout.resume()
    return { child, ops: `http://127.0.0.1:${said.opsPort}` }
  }
  throw new Error('the controller did not start')
}

const until = async (holds: () => boolean | Promise<boolean>, everyMs = 1): Promise<void> => {
  while (!(await holds())) await sleep(everyMs)
}

const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)

/** Turns one node after the other, and tells how long each taint took. */
const timeChanges = async (server: FakeApiServer, from: number): Promise<number[]> => {
  const tookMs: number[] = []
  for (let at = from; at < from + CHANGES; at++) {
    const name = nameOf(at)
    const startMs = performance.now()
    report(server, name, MIXED)
    await until(() => nodeNow(server, name).spec.taints !== undefined)
    tookMs.push(performance.now() - startMs)
    await sleep(20)
  }
  return tookMs.sort((one, other) => one - other)
}

const server = await startFakeApiServer()
const patches = servePatches(server)
for (let at = 0; at < nodes; at++) {
  server.nodes.put(fakeNode(nameOf(at)))
  report(server, nameOf(at))
}
const kubeconfig = join(folder, 'kubeconfig')
writeFileSync(kubeconfig, server.kubeconfig())
const { child, ops } = await startProcess(kubeconfig)
const metric = async (name: string): Promise<number> => {
  const page = await (await fetch(`${ops}/metrics`)).text()
  return Number(
    page
      .split('\n')
      .find(line => line.startsWith(`${name} `))
      ?.split(' ')[1],
  )
}
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const memory = async (): Promise<string> =>
  `${Math.round((await metric('process_resident_memory_bytes')) / 1024 / 1024)} MiB resident`

await until(async () => (await fetch(`${ops}/readyz`)).status === 200, 100)
say(`${nodes} nodes read: ${await memory()}`)
// Every node gets its label and its condition first.
const queued = async (): Promise<number> =>
  (await metric('soci_guard_controller_node_writes_queued{part="node"}')) +
  (await metric('soci_guard_controller_node_writes_queued{part="status"}'))
const labelledMs = performance.now()
await until(async () => (await queued()) === 0 && patches.length >= 2 * nodes, 500)
say(`all labelled after ${Math.round((performance.now() - labelledMs) / 1000)} s: ${await memory()}`)

const calm = await timeChanges(server, 0)
say(`one change, nothing else to do: p50 ${quantile(calm, 0.5)} ms, p99 ${quantile(calm, 0.99)} ms`)
const written = patches.length
for (let at = 2 * CHANGES; at < nodes; at++) report(server, nameOf(at), MIXED)
const turnedMs = performance.now()
const busy = await timeChanges(server, CHANGES)
say(
  `one change while all ${nodes} turn: p50 ${quantile(busy, 0.5)} ms, p99 ${quantile(busy, 0.99)} ms; ${await memory()}`,
)
await until(async () => (await queued()) === 0, 500)
const seconds = (performance.now() - turnedMs) / 1000
say(
  `all turned after ${Math.round(seconds)} s, ${Math.round((patches.length - written) / seconds)} writes a second; ${await memory()}`,
)
child.kill()
await server.close()
rmSync(folder, { recursive: true })
