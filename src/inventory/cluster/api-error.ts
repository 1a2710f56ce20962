import { GuardError, type GuardErrorCode } from '../../errors.ts'

/** What the API server answered instead of what was asked for. */
export interface ApiRefusal {
  readonly statusCode: number
  /** How long it asks us to wait; null when it does not say. */
  readonly retryAfterMs: number | null
}

/** An answer of the API server that is not the one asked for, by HTTP status or by a Status object in a stream. */
export class ApiError extends GuardError {
  readonly statusCode: number
  readonly retryAfterMs: number | null

  constructor(code: GuardErrorCode, message: string, { statusCode, retryAfterMs }: ApiRefusal) {
    super(code, message)
    this.name = 'ApiError'
    this.statusCode = statusCode
    this.retryAfterMs = retryAfterMs
  }
}

/** True when the error is an answer with that HTTP status. */
export const hasStatus = (error: unknown, statusCode: number): boolean =>
  error instanceof ApiError && error.statusCode === statusCode
