import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A long-running child process whose output goes to a file; it dies with the process that started it, however that dies. */
export interface DaemonProcess {
  readonly name: string
  readonly pid: number
  readonly logPath: string
  /** Resolves with the exit code, or the signal's name, once the process is gone. */
  readonly exited: Promise<number | string>
  running(): boolean
  signal(signal: NodeJS.Signals): void
  /** Sends the signal, waits for the grace period, kills; resolves when the process is gone. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>
}

/** What to start and where its output goes. */
export interface DaemonOptions {
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string>
  logFolder: string
}

/** The wrapper that makes the kernel kill a child when its parent dies, also on SIGKILL. */
export const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL'] as const

/** Starts a process with its output appended to `<logFolder>/<name>.log`; throws when it cannot be started at all. */
export function startDaemon({ name, command, args, env, logFolder }: DaemonOptions): DaemonProcess {
  const logPath = join(logFolder, `${name}.log`)
  const log = openSync(logPath, 'a')
  const [wrapper, ...wrapperArgs] = DIE_WITH_PARENT
  const child = spawn(wrapper, [...wrapperArgs, command, ...args], {
    stdio: ['ignore', log, log],
    ...(env ? { env } : {}),
  })
  closeSync(log)
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${command}`)
  return asDaemon(name, child, child.pid, logPath)
}

/** The last lines of a daemon's log, for a message that says why it did not come up. */
export function logTail(daemon: DaemonProcess, lines = 15): string {
  return readFileSync(daemon.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

function asDaemon(name: string, child: ChildProcess, pid: number, logPath: string): DaemonProcess {
  const exited = new Promise<number | string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  const running = () => child.exitCode === null && child.signalCode === null
  return {
    name,
    pid,
    logPath,
    exited,
    running,
    signal: signal => void child.kill(signal),
    stop: async (signal = 'SIGTERM', graceMs = 5_000) => {
      if (!running()) return
      child.kill(signal)
      child.kill('SIGCONT')
      const timer = new AbortController()
      const gone = await Promise.race([exited.then(() => true), sleep(graceMs, false, { signal: timer.signal })])
      timer.abort()
      if (!gone) child.kill('SIGKILL')
      await exited
    },
  }
}
