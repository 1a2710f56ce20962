import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100

/** A server under measurement: its port, its processor time so far and its memory. */
export interface ServerProcess {
  readonly name: string
  readonly port: number
  /** User and system time since it started, in milliseconds. */
  cpuMs(): number
  residentMB(): number
  stop(): Promise<void>
}

// Server and client each get a core of their own; on one core, or without taskset, they share.
const pinned = (core: number, command: string, args: readonly string[]): [string, string[]] =>
  availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0
    ? ['taskset', ['-c', String(core), command, ...args]]
    : [command, [...args]]

/** Starts a process on the given core; its errors go to our own. */
export const spawnPinned = (core: number, command: string, args: readonly string[]): ChildProcess => {
  const [file, list] = pinned(core, command, args)
  return spawn(file, list, { stdio: ['ignore', 'pipe', 'inherit'] })
}

const cpuMsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000
}

const residentMBOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024

/** Starts a server on core 0 and waits for the line that `portOf` finds a port in. */
export const startServer = async (
  name: string,
  args: readonly string[],
  portOf: (line: string) => number | undefined,
): Promise<ServerProcess> => {
  const child = spawnPinned(0, process.execPath, args)
  const { pid, stdout } = child
  if (pid === undefined || stdout === null) throw new Error(`${name} did not start`)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`${name} exited with ${code} before it listened`)))
    createInterface({ input: stdout }).on('line', line => {
      const found = portOf(line)
      if (found !== undefined) resolve(found)
    })
  })
  return {
    name,
    port,
    cpuMs: () => cpuMsOf(pid),
    residentMB: () => residentMBOf(pid),
    stop: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** The port in the JSON line that `serve` prints when it listens. */
export const listeningPort = (line: string): number | undefined => {
  if (!line.includes('"listening"')) return undefined
  const { port } = JSON.parse(line) as { port?: number }
  return port
}
