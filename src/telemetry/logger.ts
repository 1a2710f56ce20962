import { openSync } from 'node:fs'
import { destination, type Level, type Logger, pino, stdTimeFunctions } from 'pino'
import { GuardError } from '../errors.ts'

/** Where log lines go and which of them. */
export interface LoggerOptions {
  readonly level: Level | 'silent'
  /** A file to append to, or 1 for standard output. */
  readonly destination: string | 1
  /** Called when a line could not be written, for example because the disk is full. */
  readonly onWriteError: (error: Error) => void
}

/** A logger whose lines are written together, and the means to have them written now. */
export interface BufferedLogger {
  readonly logger: Logger
  /** Writes every line so far, synchronously. Exiting does the same. */
  flush(): void
  /** Lines lost because whoever reads the log was too slow for too long. */
  droppedLines(): number
}

// Lines wait for 4 KiB of company or a second, so that a busy webhook makes one system call for about ten of them.
const MIN_WRITE_BYTES = 4096
const FLUSH_EVERY_MS = 1000
// A reader that stalls costs this much memory and then lines, never the webhook.
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/** JSON lines with level words and UTC times; GuardError SOCI_GUARD_FILE_UNREADABLE when the file cannot be opened. */
export const createLogger = (options: LoggerOptions): BufferedLogger => {
  const stream = destination({
    dest: options.destination === 1 ? 1 : open(options.destination),
    sync: false,
    minLength: MIN_WRITE_BYTES,
    maxLength: MAX_WAITING_BYTES,
    periodicFlush: FLUSH_EVERY_MS,
  })
  let dropped = 0
  stream.on('drop', () => {
    dropped += 1
  })
  stream.on('error', options.onWriteError)
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    stream,
  )
  return { logger, flush: () => stream.flushSync(), droppedLines: () => dropped }
}

const open = (path: string): number => {
  try {
    return openSync(path, 'a')
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    throw new GuardError(
      'SOCI_GUARD_FILE_UNREADABLE',
      `audit log: expected a file that can be appended to, found ${found}`,
      { cause: error },
    )
  }
}
