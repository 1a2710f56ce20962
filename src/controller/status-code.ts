import { isGuardError } from '../errors.ts'

/** The HTTP status of an answer of the API server that came instead of the one asked for; null for every other error. */
export const statusCodeOf = (error: unknown): number | null =>
  isGuardError(error) && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null
