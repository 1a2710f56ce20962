// What the API server's refusals mean for the agent, and the one line that is said about each.

/** A refusal, or no answer, and what follows from it. */
export interface ApiFailure {
  readonly kind:
    | 'conflict'
    | 'denied'
    | 'forbidden'
    | 'notServed'
    | 'nodeMissing'
    | 'invalid'
    | 'throttled'
    | 'unavailable'
    | 'unexpected'
  /** One line: what was refused, in the API server's words, and what to do or what happens next. */
  readonly message: string
  /** How long the API server asks us to wait; null when it does not say. */
  readonly retryAfterMs: number | null
}

/** What is read of an error of the API client; anything else counts as no answer. */
interface AnsweredError {
  readonly statusCode?: unknown
  readonly retryAfterMs?: unknown
  readonly message?: unknown
  readonly code?: unknown
}

/** What the agent asked for. */
export type AskedFor = 'node' | 'own report' | 'publication'

/** The failure that an error of a request means. */
export const apiFailureOf = (asked: AskedFor, error: unknown): ApiFailure => {
  const { statusCode, retryAfterMs, message, code } = error as AnsweredError
  const said = (typeof message === 'string' ? message : String(error)).replaceAll(/\s+/g, ' ').trim()
  const status = typeof statusCode === 'number' ? statusCode : 0
  const isNoAnswer = status === 0 && code !== 'SOCI_GUARD_API_UNEXPECTED'
  const kind = isNoAnswer ? 'unavailable' : kindOf(asked, status, said)
  return {
    kind,
    message: `${FOUND[kind]}: ${said}`,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
  }
}

const kindOf = (asked: AskedFor, status: number, said: string): ApiFailure['kind'] => {
  switch (status) {
    case 401:
    case 403:
      return said.includes('ValidatingAdmissionPolicy') ? 'denied' : 'forbidden'
    case 404:
      return asked === 'node' ? 'nodeMissing' : 'notServed'
    case 409:
      return 'conflict'
    case 422:
      return said.includes('ValidatingAdmissionPolicy') ? 'denied' : 'invalid'
    case 429:
      return 'throttled'
    default:
      return status >= 500 ? 'unavailable' : 'unexpected'
  }
}

const FOUND: Readonly<Record<ApiFailure['kind'], string>> = {
  conflict: 'the report changed under our hands, it is read again and sent anew',
  denied: "the policy of the agents' reports refused this one, the Node and the report are read again",
  forbidden:
    'the ServiceAccount may not do this (it needs nodesnapshotters.soci-guard.dev: get, create, patch; nodes: get), apply the manifests of soci-guard again',
  notServed:
    'the API server does not serve nodesnapshotters.soci-guard.dev, apply the manifests of soci-guard with their CustomResourceDefinition',
  nodeMissing: 'there is no Node of this name (yet), nothing can be reported about it',
  invalid:
    'the report does not fit the CustomResourceDefinition, is it older than the agent? apply the manifests again',
  throttled: 'the API server asks us to wait',
  unavailable: 'the API server does not answer',
  unexpected: 'the API server gave an answer that was not expected',
}

/** True when the answer may be about what we believe of the Node or of our own report, so that both are read again. */
export const doubtsIdentity = ({ kind }: ApiFailure): boolean =>
  kind === 'conflict' || kind === 'denied' || kind === 'invalid'
