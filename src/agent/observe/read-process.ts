import { readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What /proc says about the machine; '' and null where it cannot be read. */
export interface HostProcesses {
  readonly bootID: string
  readonly bootTimeMs: number | null
  readonly hostname: string
}

/** What /proc says about one process. */
export interface HostProcess {
  readonly arguments: readonly string[]
  readonly startTimeMs: number | null
}

// USER_HZ, which is 100 on every architecture that Kubernetes runs on.
const TICK_MS = 10

const START_TIME_FIELD = 22

/** This boot and where we are in it. */
export const readProcesses = async (proc: string): Promise<HostProcesses> => {
  const [bootID, stat, hostname] = await Promise.all([
    readText(join(proc, 'sys/kernel/random/boot_id')),
    readText(join(proc, 'stat')),
    readText(join(proc, 'sys/kernel/hostname')),
  ])
  const bootTimeSeconds = /^btime (\d+)$/m.exec(stat)?.[1]
  return {
    bootID: bootID.trim(),
    bootTimeMs: bootTimeSeconds === undefined ? null : Number(bootTimeSeconds) * 1000,
    hostname: hostname.trim(),
  }
}

/** The number of this process's namespace of process IDs, as containerd tells its own; '' when it cannot be read. */
export const readPidNamespace = async (proc: string): Promise<string> => {
  const namespace = await readlink(join(proc, 'self/ns/pid')).catch(() => '')
  return /\[(\d+)\]/.exec(namespace)?.[1] ?? ''
}

/** The process with this ID: what it was started with, and when. */
export const readProcess = async (proc: string, pid: number, bootTimeMs: number | null): Promise<HostProcess> => {
  const folder = join(proc, String(pid))
  const [commandLine, stat] = await Promise.all([readText(join(folder, 'cmdline')), readText(join(folder, 'stat'))])
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD - 3])
  return {
    arguments: commandLine.split('\0').slice(0, -1),
    startTimeMs: bootTimeMs === null || !Number.isFinite(ticks) || stat === '' ? null : bootTimeMs + ticks * TICK_MS,
  }
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
