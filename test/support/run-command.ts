import { PassThrough, Readable } from 'node:stream'
import type { StopSignal } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

/** A command under way in this process. */
export interface RunningCommand {
  readonly code: Promise<number>
  stdout(): string
  stderr(): string
  stop(signal: StopSignal): void
}

/** What the command finds around it. */
export interface CommandSurroundings {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

const NOW_MS = Date.parse('2026-11-22T09:00:00Z')

/** Starts a command; its clock stands at nine o'clock, an hour after the nodes of the tests were created. */
export const startCommand = (args: readonly string[], around: CommandSurroundings = {}): RunningCommand => {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const texts = { stdout: '', stderr: '' }
  stdout.on('data', chunk => {
    texts.stdout += chunk
  })
  stderr.on('data', chunk => {
    texts.stderr += chunk
  })
  let stop: (signal: StopSignal) => void = () => {}
  const code = run(args, {
    ...{ stdout, stderr, env: { HOME: '/nonexistent', ...around.env } },
    stdin: Readable.from(around.input === undefined ? [] : [around.input]),
    nowMs: () => NOW_MS,
    onStopSignal: listener => {
      stop = listener
    },
    exit: () => {},
  })
  return { code, stdout: () => texts.stdout, stderr: () => texts.stderr, stop: signal => stop(signal) }
}

/** Runs a command to its end. */
export const runCommand = async (args: readonly string[], around: CommandSurroundings = {}) => {
  const command = startCommand(args, around)
  const code = await command.code
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}
