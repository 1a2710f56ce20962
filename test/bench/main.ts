// npm run bench [-- --json] [--smoke] [--rounds N] [--nodes N]
// Ratios against a bare node:https server that answers a constant, in interleaved rounds on the same core.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MIXED_PLACE, nodeName, READY_PLACE, writeBigInventory } from './big-inventory.ts'
import { type BenchBody, bindingBody, podBody, workloadBody } from './bodies.ts'
import { type Comparison, compare } from './compare.ts'
import { timeDecisions } from './decision.ts'
import type { BodyFile, Load } from './run-load.ts'
import { listeningPort, startServer } from './server-process.ts'
import { measureStartUpMs } from './start-up.ts'
import { comparisonTable, timingTable } from './tables.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    nodes: { type: 'string' },
  },
})
const rounds = Number(options.rounds ?? (options.smoke ? 1 : 7))
const nodes = Number(options.nodes ?? (options.smoke ? 1_500 : 15_000))
const durationMs = options.smoke ? 700 : 4_000

const bin = join(import.meta.dirname, '../../dist/soci-guard.js')
const folder = mkdtempSync(join(tmpdir(), 'soci-guard-bench-'))
const inFolder = (name: string): string => join(folder, name)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const write = (name: string, { path, body }: BenchBody): BodyFile => {
  writeFileSync(inFolder(name), body)
  return { path, file: inFolder(name) }
}

const serveArgs = (port: number, inventory: string): string[] => [
  bin,
  'serve',
  ...['--inventory', inventory, '--cert-dir', folder, '--port', String(port), '--ops-port', '0'],
]

const compareServers = async (
  bodies: Record<string, BodyFile>,
): Promise<{ comparisons: Comparison[]; residentMB: number }> => {
  const reference = await startServer(
    'reference',
    [join(import.meta.dirname, 'reference-server.ts'), inFolder('tls.crt'), inFolder('tls.key')],
    Number,
  )
  const ours = await startServer('soci-guard', serveArgs(0, inFolder('inventory.json')), listeningPort)
  const load: Omit<Load, 'bodies'> = {
    ca: inFolder('ca.crt'),
    connections: 25,
    durationMs,
    warmUpMs: options.smoke ? 300 : 1_500,
    ratePerSecond: 0,
    beside: null,
  }
  const { binding, deniedBinding, pod, workload } = bodies
  if (!binding || !deniedBinding || !pod || !workload) throw new Error('a body is missing')
  const comparisons: Comparison[] = []
  const measure = async (name: string, changes: Partial<Load> & Pick<Load, 'bodies'>): Promise<void> => {
    say(`measuring ${name}`)
    comparisons.push(await compare(name, { reference, ours }, { ...load, ...changes }, rounds))
  }
  await measure('binding, allowed', { bodies: [binding] })
  await measure('binding, every tenth denied', { bodies: [...Array<BodyFile>(9).fill(binding), deniedBinding] })
  await measure('pod of 11 KB', { bodies: [pod] })
  await measure('bindings at 500/s beside ten 1 MB workloads/s', {
    bodies: [binding],
    ratePerSecond: 500,
    beside: { ...workload, ratePerSecond: 10 },
  })
  const residentMB = ours.residentMB()
  await reference.stop()
  await ours.stop()
  return { comparisons, residentMB }
}

try {
  execFileSync(process.execPath, [bin, 'certs', '--cert-dir', folder], { stdio: 'ignore' })
  writeBigInventory(inFolder('inventory.json'), nodes)
  writeBigInventory(inFolder('small.json'), 10)
  const bodies = {
    binding: write('binding.json', bindingBody(nodeName(READY_PLACE))),
    deniedBinding: write('denied.json', bindingBody(nodeName(MIXED_PLACE))),
    pod: write('pod.json', podBody(nodeName(READY_PLACE))),
    workload: write('workload.json', workloadBody()),
  }
  const { comparisons, residentMB } = await compareServers(bodies)
  say('timing the decision alone')
  const { timings, buildMs } = timeDecisions(nodes)
  say('timing the start')
  const startUpMs = await measureStartUpMs(
    serveArgs(18_443, inFolder('small.json')),
    18_443,
    inFolder('ca.crt'),
    bindingBody(nodeName(READY_PLACE)),
    options.smoke ? 1 : 9,
  )
  const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.versions.node}`
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, nodes, rounds, comparisons, timings, rosterBuildMs: buildMs, startUpMs, residentMB }, null, 2)}\n`,
    )
  } else {
    process.stdout.write(
      [
        `${machine}; ${nodes} nodes, ${rounds} rounds of ${durationMs} ms, 25 connections, server on core 0, client on core 1`,
        '',
        comparisonTable(comparisons),
        '',
        timingTable(timings),
        '',
        `Roster of ${nodes} nodes and reports built in ${buildMs.toFixed(0)} ms; serving it the process holds ${residentMB.toFixed(0)} MB.`,
        `From exec to the first answer over TLS: ${startUpMs.toFixed(0)} ms (median).`,
        '',
      ].join('\n'),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
