import type { Readable, Writable } from 'node:stream'

/** A stream to write to, which may be a terminal. */
export type Output = Pick<Writable, 'write'> & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Signals that ask a process to stop. */
export type StopSignal = 'SIGTERM' | 'SIGINT'

/** Everything a command has of the process around it, so that a test can give it another. */
export interface Io {
  readonly stdin: Readable
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  nowMs(): number
  /** Calls the listener for each signal from now on; the process then no longer ends by itself. */
  onStopSignal(listener: (signal: StopSignal) => void): void
  /** Ends the process at once. */
  exit(code: number): void
}
