/** What a failed request to the API server means for whoever made it. */
export interface FailedRequest {
  /** The HTTP status; 0 when there was no answer. */
  readonly statusCode: number
  /** How long the API server asks to be left alone; null when it does not say. */
  readonly retryAfterMs: number | null
  /** One line, in the API server's words. */
  readonly message: string
}

/** Reads an error of the API client; anything else counts as no answer. */
export const failedRequest = (error: unknown): FailedRequest => {
  const { statusCode, retryAfterMs, message } = (error ?? {}) as Record<string, unknown>
  return {
    statusCode: typeof statusCode === 'number' ? statusCode : 0,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    message: (typeof message === 'string' ? message : String(error)).replaceAll(/\s+/g, ' ').trim(),
  }
}

/** True when the API server itself is at a loss, or busy: everything else that is asked of it had better wait too. */
export const isUnavailable = ({ statusCode }: FailedRequest): boolean =>
  statusCode === 0 || statusCode === 429 || statusCode >= 500
