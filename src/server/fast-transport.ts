// The short way from a socket to an answer, for what an API server sends: a review POST of known length. It takes a request
// only when the gate has nothing to refuse; everything else is Fastify's, whose answers these equal byte for byte.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { RequestGate } from './request-gate.ts'
import { answerHeaders, askForAnswer, type ReviewExchange } from './review-exchange.ts'
import type { ReviewTarget } from './review-target.ts'

/** Takes the request and answers it, or returns false and has touched nothing. */
export type FastTransport = (request: IncomingMessage, response: ServerResponse) => boolean

/** Builds the fast transport over the gate and the exchange that Fastify uses too. */
export const createFastTransport =
  (gate: RequestGate, exchange: ReviewExchange): FastTransport =>
  (request, response) => {
    if (request.headers['content-length'] === undefined) return false
    const gateAnswer = gate(request)
    if ('refusal' in gateAnswer) return false
    receive(exchange, gateAnswer.target, request, response)
    return true
  }

const receive = (
  exchange: ReviewExchange,
  target: ReviewTarget,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  exchange.inFlight += 1
  let body: Buffer | undefined
  let chunks: Buffer[] | undefined
  let ended = false
  request.on('data', (chunk: Buffer) => {
    // A binding is one chunk, and no copy is made of it.
    if (body === undefined) body = chunk
    else if (chunks === undefined) chunks = [body, chunk]
    else chunks.push(chunk)
  })
  request.on('end', () => {
    ended = true
    const whole = chunks === undefined ? (body ?? Buffer.alloc(0)) : Buffer.concat(chunks)
    const answer = askForAnswer(exchange, target.webhook, whole, target.timeoutMs)
    if (answer instanceof Promise) void answer.then(later => send(exchange, later, response))
    else send(exchange, answer, response)
  })
  // The only error before the end is a peer that went away in the middle of the body: nobody is left to answer.
  request.on('error', () => {
    if (!ended) exchange.inFlight -= 1
  })
}

const send = (exchange: ReviewExchange, answer: Answer, response: ServerResponse): void => {
  exchange.inFlight -= 1
  if (response.destroyed) return
  response.writeHead(answer.statusCode, answerHeaders(answer, exchange.phase()))
  response.end(answer.body)
}
