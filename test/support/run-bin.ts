// Runs the program as a user would: the built bin, in a process of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** The folder of the repository. */
export const ROOT = resolve(import.meta.dirname, '../..')

/** The program as it is published; `npm test` builds it first. */
export const BIN = join(ROOT, 'dist/soci-guard.js')

/** What a finished run left behind; `code` is null when a signal ended it. */
export interface BinResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How to run it; the environment is this process' without SOCI_GUARD_* and colour variables. */
export interface BinOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const environment = (env: BinOptions['env'] = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SOCI_GUARD_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)/.test(name)),
  ),
  ...env,
})

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const spawnBin = (args: readonly string[], { env, cwd }: BinOptions): Child =>
  spawn(process.execPath, [BIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: environment(env), cwd })

/** Runs the program to its end. */
export const runBin = async (args: readonly string[], options: BinOptions = {}): Promise<BinResult> => {
  const child = spawnBin(args, options)
  // A program that refuses its flags ends without reading what it is given.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, signal, stdout, stderr }
}

/** A JSON line of a log. */
export type LogLine = Readonly<Record<string, unknown>>

/** A `soci-guard serve` that listens. */
export interface RunningService {
  readonly port: number
  readonly opsPort: number
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** The first line, seen already or still to come, that the predicate holds for. */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>
  readonly lines: readonly LogLine[]
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>
}

/** Starts `soci-guard serve` on free ports and waits until it listens; it is killed when the test ends. */
export const startServe = async (
  t: Test,
  args: readonly string[],
  options: BinOptions = {},
): Promise<RunningService> => {
  const child = spawnBin(['serve', '--port', '0', '--ops-port', '0', ...args], options)
  t.teardown(() => child.kill('SIGKILL'))
  const ended = Promise.all([once(child, 'close'), text(child.stderr)])
  const lines: LogLine[] = []
  let arrived = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', line => {
    lines.push(JSON.parse(line))
    arrived.resolve()
    arrived = Promise.withResolvers<void>()
  })
  const line = async (matches: (line: LogLine) => boolean): Promise<LogLine> => {
    for (;;) {
      const found = lines.find(matches)
      if (found !== undefined) return found
      await Promise.race([
        arrived.promise,
        ended.then(([, stderr]) => Promise.reject(new Error(`it ended: ${stderr}`))),
      ])
    }
  }
  const { port, opsPort } = await line(({ msg }) => msg === 'listening')
  return {
    port: Number(port),
    opsPort: Number(opsPort),
    pid: child.pid ?? 0,
    kill: signal => child.kill(signal),
    line,
    lines,
    ended: async () => {
      const [[code, signal], stderr] = await ended
      return { code, signal, stderr }
    },
  }
}
