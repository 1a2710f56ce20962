#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import type { Io, StopSignal } from './cli/io.ts'

// Compiled code is kept between starts, where the temporary folder can be written to.
enableCompileCache()
const { run } = await import('./cli/run.ts')

const STOP_SIGNALS: readonly StopSignal[] = ['SIGTERM', 'SIGINT']

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  nowMs: Date.now,
  onStopSignal: listener => {
    for (const signal of STOP_SIGNALS) process.on(signal, listener)
  },
  exit: code => process.exit(code),
}

// A reader that has seen enough (`soci-guard nodes | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await run(process.argv.slice(2), io)
