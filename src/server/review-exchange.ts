// What both transports share once the gate has let a request through: counting it, asking for the answer, never failing.
import type { Webhook } from '../admission/outcome.ts'
import type { Answer, AnswerFunction } from './answer.ts'
import type { ServerPhase } from './server-phase.ts'
import { statusAnswer } from './status-answer.ts'

/** The part of the server that both transports ask and count with. */
export interface ReviewExchange {
  answer: AnswerFunction
  phase(): ServerPhase
  /** Reviews whose head has arrived and whose answer has not been written. */
  inFlight: number
  /** Called for each body beyond the limit. */
  bodyTooLarge(): void
  /** Called with what the answer function threw, which is a bug. */
  failed(error: unknown): void
}

/** The answer when there is none: a bug, or a failure of the transport itself. */
export const INTERNAL = statusAnswer(500, 'soci-guard failed to answer; its log says why', 'SOCI_GUARD_INTERNAL')

/** The answer to a whole body; a bug behind it becomes a 500 Status, so that the API server falls back to its failurePolicy. */
export const askForAnswer = (
  exchange: ReviewExchange,
  webhook: Webhook,
  body: Buffer,
  timeoutMs: number,
): Answer | Promise<Answer> => {
  try {
    const answer = exchange.answer(webhook, body, timeoutMs)
    return answer instanceof Promise ? answer.catch(error => internal(exchange, error)) : answer
  } catch (error) {
    return internal(exchange, error)
  }
}

const internal = (exchange: ReviewExchange, error: unknown): Answer => {
  exchange.failed(error)
  return INTERNAL
}

/**
 * The headers of an answer, for both transports. While the server drains every answer closes its connection, so that the
 * API server's pool moves to another replica instead of finding out when this one is gone.
 */
export const answerHeaders = (answer: Answer, phase: ServerPhase): Record<string, string | number> => {
  const headers = { 'content-type': answer.contentType, 'content-length': Buffer.byteLength(answer.body) }
  if (phase === 'serving' && answer.headers === undefined) return headers
  return { ...headers, ...answer.headers, ...(phase === 'serving' ? {} : { connection: 'close' }) }
}
