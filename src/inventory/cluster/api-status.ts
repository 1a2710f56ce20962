import type { IncomingHttpHeaders } from 'node:http'
import { ownMember } from '../../admission/own-member.ts'
import { plainText } from '../../policy/plain-text.ts'
import { ApiError } from './api-error.ts'
import { type ApiResource, missingRight } from './missing-right.ts'

/** An answer with its whole body. */
export interface RefusedAnswer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What was asked for, for messages. */
export interface Asked {
  /** For example `GET /api/v1/nodes`. */
  readonly what: string
  /** undefined where no single right covers it. */
  readonly resource?: ApiResource | undefined
}

/** The error that an answer with a status other than 2xx means, with the API server's own message and what to do. */
export const refusalOf = (answer: RefusedAnswer, asked: Asked): ApiError => {
  const refusal = { statusCode: answer.statusCode, retryAfterMs: retryAfterMs(answer.headers) }
  const said = statusMessage(answer)
  const { resource } = asked
  if (refusal.statusCode === 403 && resource !== undefined) {
    return new ApiError('SOCI_GUARD_API_FORBIDDEN', missingRight(said, resource), refusal)
  }
  if (refusal.statusCode === 404 && resource !== undefined && resource.group !== '') {
    return new ApiError('SOCI_GUARD_API_NOT_FOUND', notServed(asked.what, resource), refusal)
  }
  return refusedWith(refusal.statusCode, refusal.retryAfterMs, said, asked)
}

const notServed = (what: string, { group, resource }: ApiResource): string =>
  `${what}: the API server does not serve ${resource}.${group}; install its CustomResourceDefinition: apply the manifests of soci-guard again`

/** The error for a Status object that came in a stream, as an ERROR event. */
export const refusalInStream = (statusCode: number, message: string, asked: Asked): ApiError =>
  refusedWith(statusCode, null, plainText(message, 300), asked)

const refusedWith = (statusCode: number, retryAfterMs: number | null, said: string, { what }: Asked): ApiError => {
  const refusal = { statusCode, retryAfterMs }
  switch (statusCode) {
    case 401:
      return new ApiError(
        'SOCI_GUARD_API_UNAUTHORIZED',
        `${what}: the API server does not accept our credentials, also after they were read anew (401 ${said}); replace the token or certificate`,
        refusal,
      )
    case 403:
      return new ApiError('SOCI_GUARD_API_FORBIDDEN', `${what}: a right is missing (403 ${said})`, refusal)
    case 404:
      return new ApiError('SOCI_GUARD_API_NOT_FOUND', `${what}: not found (404 ${said})`, refusal)
    default:
      return new ApiError(
        'SOCI_GUARD_API_UNEXPECTED',
        `${what}: the API server answered ${statusCode} ${said}`,
        refusal,
      )
  }
}

const retryAfterMs = (headers: IncomingHttpHeaders): number | null => {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}

const statusMessage = ({ headers, body }: RefusedAnswer): string => {
  const text = body.toString('utf8')
  if (!isJson(headers)) return `with ${headers['content-type'] ?? 'no content type'}: ${plainText(text, 120)}`
  try {
    const message = ownMember(JSON.parse(text), 'message')
    return plainText(typeof message === 'string' ? message : text, 300)
  } catch {
    return plainText(text, 120)
  }
}

/** True for a JSON body, by its content type. */
export const isJson = (headers: IncomingHttpHeaders): boolean =>
  /^application\/(json|[\w.+-]+\+json)\b/i.test(headers['content-type'] ?? '')
