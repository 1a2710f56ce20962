import type { Logger } from 'pino'
import { isGuardError } from '../errors.ts'

/** What a log line says about an error: our own with code and problems, anything else with its stack. */
export const errorFields = (error: unknown): object =>
  isGuardError(error) ? { code: error.code, problems: error.message.split('\n') } : { err: error }

/** Logs that something could not be taken over and what was loaded before stays. */
export const logKept = (logger: Logger, what: string, error: unknown): void => {
  logger.error({ what, ...errorFields(error) }, 'reload refused; the last good one stays')
}
