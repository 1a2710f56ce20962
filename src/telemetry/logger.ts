import { openSync } from 'node:fs'
import { type Level, type Logger, pino, stdTimeFunctions } from 'pino'
import { GuardError } from '../errors.ts'
import { LineDestination } from './line-destination.ts'

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
  /** Writes every line and ends; the better way to shut down, because it waits for a slow reader without stopping the rest. */
  close(): Promise<void>
  /** Lines lost because whoever reads the log was too slow for too long. */
  droppedLines(): number
}

/** JSON lines with level words and UTC times; GuardError SOCI_GUARD_FILE_UNREADABLE when the file cannot be opened. */
export const createLogger = (options: LoggerOptions): BufferedLogger => {
  const lines = new LineDestination(options.destination === 1 ? 1 : open(options.destination), options.onWriteError)
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    lines,
  )
  return { logger, flush: lines.flush, close: () => lines.close(), droppedLines: () => lines.droppedLines }
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
