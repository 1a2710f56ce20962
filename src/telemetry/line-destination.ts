// Where log lines wait until there are enough of them for one system call. Writing is asynchronous, because a reader that stalls
// must not stop the webhook. pino's own destination (sonic-boom) would do, but for its flushSync, which tries for ever when the
// disk is full, so that the process could not exit.
import { write, writeSync } from 'node:fs'

// About ten audit lines.
const MIN_WRITE_LENGTH = 4096
const WRITE_EVERY_MS = 1000
// What a reader that stalls may cost in memory; then lines are dropped, and counted.
const MAX_WAITING_LENGTH = 8 * 1024 * 1024
const RETRY_MS = 100
// How long exiting may take because of the log.
const PATIENCE_MS = 1000

/** Lines on their way to a file descriptor, in order. Exiting the process writes what is left. */
export class LineDestination {
  readonly #fd: number
  readonly #onWriteError: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  #waiting = ''
  /** What has been handed to the kernel, or is to be again after a failure. */
  #chunk: Buffer | null = null
  #retry: NodeJS.Timeout | null = null
  #failing = false
  #dropped = 0
  #idle: (() => void) | null = null

  constructor(fd: number, onWriteError: (error: Error) => void) {
    this.#fd = fd
    this.#onWriteError = onWriteError
    this.#timer = setInterval(() => this.#start(), WRITE_EVERY_MS).unref()
    process.once('exit', this.flush)
  }

  /** Lines lost because there was no room for them to wait. */
  get droppedLines(): number {
    return this.#dropped
  }

  /** Takes a line, which ends with a newline. */
  write(line: string): void {
    if (this.#waiting.length + line.length > MAX_WAITING_LENGTH) {
      this.#dropped += 1
      return
    }
    this.#waiting += line
    if (this.#waiting.length >= MIN_WRITE_LENGTH) this.#start()
  }

  /** Writes what waits now, synchronously; gives up after a second, or at once when it cannot be written at all. */
  readonly flush = (): void => {
    const lines = Buffer.from(this.#waiting)
    this.#waiting = ''
    writePatiently(this.#fd, Buffer.concat([this.#takeBack(), lines]), this.#onWriteError)
  }

  /** Writes what waits and ends; resolves within about a second, whatever the reader does. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#start()
    if (this.#chunk !== null) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#idle = resolve
      const patience = setTimeout(resolve, PATIENCE_MS)
      await promise
      clearTimeout(patience)
    }
    this.flush()
    process.off('exit', this.flush)
  }

  #start(): void {
    if (this.#chunk !== null || this.#waiting === '') return
    const lines = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#send(lines)
  }

  #send(lines: Buffer): void {
    this.#chunk = lines
    write(this.#fd, lines, (error, written) => {
      if (error === null) this.#sent(lines.subarray(written))
      else this.#tryLater(lines, error)
    })
  }

  #sent(rest: Buffer): void {
    this.#failing = false
    if (rest.length > 0) {
      this.#send(rest)
      return
    }
    this.#chunk = null
    if (this.#idle !== null || this.#waiting.length >= MIN_WRITE_LENGTH) this.#start()
    if (this.#chunk === null) this.#idle?.()
  }

  /** The chunk that waits for its next try; one that the kernel has cannot be had back. */
  #takeBack(): Buffer {
    if (this.#retry === null || this.#chunk === null) return Buffer.alloc(0)
    clearTimeout(this.#retry)
    this.#retry = null
    const lines = this.#chunk
    this.#chunk = null
    return lines
  }

  // The lines stay: a disk is emptied, a reader comes back. Only the first failure of a row is told.
  #tryLater(lines: Buffer, error: NodeJS.ErrnoException): void {
    if (!this.#failing && error.code !== 'EAGAIN') {
      this.#failing = true
      this.#onWriteError(error)
    }
    this.#retry = setTimeout(() => {
      this.#retry = null
      this.#send(lines)
    }, RETRY_MS).unref()
  }
}

const writePatiently = (fd: number, lines: Buffer, onWriteError: (error: Error) => void): void => {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let patienceMs = PATIENCE_MS
  let rest = lines
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const mayPass = (error as NodeJS.ErrnoException).code === 'EAGAIN' && patienceMs > 0
      if (!mayPass) {
        onWriteError(error as Error)
        return
      }
      Atomics.wait(pause, 0, 0, 10)
      patienceMs -= 10
    }
  }
}
